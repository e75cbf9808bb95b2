/** The Postgres session with which a relay takes part in the election of leaders. */
import { Effect, type Scope } from "effect"
import { type SqlConnection, SqlError } from "effect/sql"
import type { PgClient } from "@effect/sql-pg"
import type { Session } from "./electing.ts"
import { retire } from "./session.ts"

/** The server ends a session that is idle for longer, because its relay is frozen or cut off. */
const silence = "10s"

/** The key of the shared lock that each relay holds. Any number without another use. */
const presence = 7_265_746

/** Opens a session that takes part, until the scope closes. */
export const open = (
  pg: Pick<PgClient.PgClient, "reserve">
): Effect.Effect<Session, SqlError.SqlError, Scope.Scope> =>
  Effect.gen(function* () {
    const connection = yield* pg.reserve
    const run = (text: string, ...parameters: ReadonlyArray<unknown>) =>
      connection.executeValues(text, parameters)
    yield* connection.executeRaw(`SET idle_session_timeout = '${silence}'`, [])
    // Releases the locks immediately, and uses the session for nothing else.
    yield* Effect.addFinalizer(() =>
      Effect.andThen(Effect.ignore(Effect.timeout(unlockAll(connection), "1 second")), retire(connection))
    )
    yield* run("SELECT pg_advisory_lock_shared($1::bigint)", presence)
    const self = (yield* run("SELECT pg_backend_pid()"))[0]?.[0]
    const locked = new Set<string>()
    const key = "hashtextextended('usher:' || $1::text, 0)"
    return {
      relays: Effect.flatMap(
        run(
          `SELECT count(*)::int, pg_backend_pid(), current_setting('transaction_read_only') FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted AND classid = 0
            AND objid = $1::bigint AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
          presence
        ),
        ([row]) => {
          if (row?.[1] !== self)
            return unusable("another session answers: the connection goes through a pooler")
          return row?.[2] === "off" ? Effect.succeed(Number(row[0])) : unusable("the server is read-only")
        }
      ),
      locked,
      tryLock: Effect.fnUntraced(function* (spot) {
        if (locked.has(spot)) return true
        const [row] = yield* run(`SELECT pg_try_advisory_lock(${key})`, spot)
        if (row?.[0] === true) locked.add(spot)
        return locked.has(spot)
      }),
      unlock: Effect.fnUntraced(function* (spot) {
        locked.delete(spot)
        yield* run(`SELECT pg_advisory_unlock(${key})`, spot)
      })
    }
  })

const unlockAll = (connection: SqlConnection.Connection) =>
  connection.executeRaw("SELECT pg_advisory_unlock_all()", [])

/** Fails because the session can't be used for an election. */
const unusable = (message: string) =>
  Effect.fail(
    new SqlError.SqlError({
      reason: new SqlError.ConnectionError({ cause: undefined, message, operation: "elect" })
    })
  )
