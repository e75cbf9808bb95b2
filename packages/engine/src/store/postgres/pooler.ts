/**
 * Detects a pooler in transaction or statement mode. It gives each transaction another server process, so that the
 * locks, `LISTEN` and prepared statements of a session do not work.
 */
import { Effect, Exit } from "effect"
import type { SqlClient, SqlConnection, SqlError } from "effect/sql"
import { retire } from "./session.ts"

/** Enough checks to detect a pooler that uses its server processes in turn. */
const looks = 3

const explanation =
  "the connection goes through a pooler in transaction or statement mode, but locks, LISTEN and prepared statements need " +
  "sessions of their own: connect to Postgres directly, or set pool_mode = session"

/** Why sessions do not work; undefined if they do. Fails if the server does not answer. */
export const whyNoSessions = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const [one, other] = [yield* reserve(sql), yield* reserve(sql)]
  for (let look = 0; look < looks; look++) {
    const before = yield* processOf(one)
    const begun = yield* Effect.exit(other.executeUnprepared("BEGIN", [], undefined))
    if (Exit.isFailure(begun)) {
      // A pooler in statement mode closes the connection. Otherwise the server is gone, and this fails.
      yield* processOf(one)
      return explanation
    }
    if ((yield* processOf(other)) === before) return explanation
    const after = yield* processOf(one)
    yield* other.executeUnprepared("ROLLBACK", [], undefined)
    if (after !== before) return explanation
  }
  return undefined
}, Effect.scoped)

/** Retires the sessions afterwards, because they may have gone through a pooler. */
const reserve = (sql: SqlClient.SqlClient) =>
  Effect.tap(sql.reserve, (connection) => Effect.addFinalizer(() => retire(connection)))

const processOf = (connection: SqlConnection.Connection): Effect.Effect<unknown, SqlError.SqlError> =>
  Effect.map(connection.executeValuesUnprepared("SELECT pg_backend_pid()", []), ([row]) => row?.[0])
