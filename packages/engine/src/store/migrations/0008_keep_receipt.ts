import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * When the webhook came that asks for an invitation, however long its mapping had to wait; null of those that were made
 * before this was kept.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const whole = sql.onDialectOrElse({ pg: () => sql.literal("BIGINT"), orElse: () => sql.literal("INTEGER") })
  yield* sql`ALTER TABLE invitations ADD COLUMN received_at ${whole}`
})
