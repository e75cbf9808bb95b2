import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { columnTypes } from "../columns.ts"

/**
 * Invitations that expire when their Live begins. `expires_with_live` is 0 for an invitation with a deadline of its own. It
 * is 1 if `expires_at` follows the beginning of the Live, and 2 while that beginning is read.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { whole } = columnTypes(sql)
  yield* sql`ALTER TABLE invitations ADD COLUMN expires_with_live ${whole} NOT NULL DEFAULT 0`
  yield* sql`CREATE INDEX invitations_with_live ON invitations (spot, live_id, id)
    WHERE state <> 'finished' AND expires_with_live > 0`
})
