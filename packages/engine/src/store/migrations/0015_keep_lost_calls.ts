import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** The lease under which a call of the invitation was made whose answer never came back to the store. It begins with its time. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`ALTER TABLE invitations ADD COLUMN lost_lease TEXT`
})
