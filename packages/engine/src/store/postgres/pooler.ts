/**
 * Whether each session of this client is a session of the server. A pooler in transaction or statement mode gives every
 * transaction a server process of its choice, so that locks, `LISTEN` and prepared statements of a session do not hold.
 */
import { Effect, Exit } from "effect"
import type { SqlClient, SqlConnection, SqlError } from "effect/sql"
import { retire } from "./session.ts"

/** With so many looks, a pooler that takes its server processes in turn is found too. */
const looks = 3

const explanation =
  "a pooler in transaction or statement mode stands before Postgres, and locks, LISTEN and prepared statements need " +
  "sessions of their own: connect to Postgres directly, or set pool_mode = session"

/** Why the sessions do not hold; nothing if they do. Fails if the server can't be asked. */
export const whyNoSessions = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const [one, other] = [yield* reserve(sql), yield* reserve(sql)]
  for (let look = 0; look < looks; look++) {
    const before = yield* processOf(one)
    const begun = yield* Effect.exit(other.executeUnprepared("BEGIN", [], undefined))
    if (Exit.isFailure(begun)) {
      // A pooler in statement mode ends the connection that asks for it. Otherwise the server is gone, and this fails.
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

/** Sessions that were looked at through a pooler are of no use afterwards. */
const reserve = (sql: SqlClient.SqlClient) =>
  Effect.tap(sql.reserve, (connection) => Effect.addFinalizer(() => retire(connection)))

const processOf = (connection: SqlConnection.Connection): Effect.Effect<unknown, SqlError.SqlError> =>
  Effect.map(connection.executeValuesUnprepared("SELECT pg_backend_pid()", []), ([row]) => row?.[0])
