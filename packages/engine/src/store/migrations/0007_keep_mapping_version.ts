import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** With which mapping a webhook was mapped; null of those that were mapped before this was kept. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`ALTER TABLE webhooks ADD COLUMN mapping_version TEXT`
})
