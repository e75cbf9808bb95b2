/**
 * A pool of Postgres sessions that drops useless ones. The driver's own pool drops only sessions whose connection has
 * ended; after a failover, a session on the former primary still answers, but every write would fail.
 */
import { Clock, Duration, Effect, type Scope } from "effect"
import type { SqlError } from "effect/sql"
import { type PgConnection, PgPool } from "@effect/sql-pg"
import { isBroken, readOnly, sqlState } from "./broken.ts"

/** Within this time, the pool follows a host name that has moved, even if the former server still accepts writes. */
const maxLifetime = Duration.minutes(10)

/** The pool reconnects to a read-only server at most this often per session. */
const minLifetime = Duration.toMillis(Duration.seconds(1))

export interface Pool {
  readonly config: PgPool.Config
  /** One session until the scope closes. */
  readonly get: Effect.Effect<PgConnection.PgConnection, SqlError.SqlError, Scope.Scope>
  /** The same, pinned for statements that belong together. */
  readonly reserve: Effect.Effect<PgConnection.PgConnection, SqlError.SqlError, Scope.Scope>
  /** Takes a session out of the pool, once its present user has finished. */
  readonly retire: (session: PgConnection.PgConnection) => Effect.Effect<void>
  /** Retires a session if its error means that the next statement would fail, too. */
  readonly judge: (session: PgConnection.PgConnection, error: SqlError.SqlError) => Effect.Effect<void>
}

/** Options of the pool. */
export interface Config extends PgPool.Config {
  /** Whether the server refuses writes of these sessions. Default: false. */
  readonly isReadOnly?: boolean | undefined
}

export const make = Effect.fnUntraced(function* (config: Config) {
  const clock = yield* Clock.Clock
  const pool = yield* PgPool.make({ connectionTTL: maxLifetime, ...config })
  /** When each session was first used, in monotonic milliseconds. */
  const firstUse = new WeakMap<PgConnection.PgConnection, number>()
  /** Sessions first used before this belong to a read-only server. */
  let suspectBefore = -Infinity

  const now = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)

  const isSuspect = (session: PgConnection.PgConnection) => {
    const since = firstUse.get(session)
    if (since === undefined) firstUse.set(session, now())
    return since !== undefined && since < suspectBefore
  }

  // Not a parameter of the connection, which poolers refuse.
  const begin = (session: PgConnection.PgConnection) =>
    config.isReadOnly === true && !firstUse.has(session)
      ? session.query("SET default_transaction_read_only = on", [])
      : Effect.void

  const get: Pool["get"] = Effect.flatMap(pool.get, (session) =>
    Effect.flatMap(begin(session), () =>
      isSuspect(session)
        ? Effect.andThen(
            pool.invalidate(session),
            Effect.suspend(() => get)
          )
        : Effect.succeed(session)
    )
  )

  const judge: Pool["judge"] = (session, error) => {
    const state = sqlState(error)
    if (!isBroken(state)) return Effect.void
    if (state !== readOnly) return pool.invalidate(session)
    // The other sessions most likely belong to the same server, so they need not fail first.
    suspectBefore = Math.max(suspectBefore, now() - minLifetime)
    return Effect.void
  }

  const made: Pool = {
    config,
    get,
    reserve: Effect.flatMap(get, (session) => session.pin),
    retire: pool.invalidate,
    judge
  }
  return made
})
