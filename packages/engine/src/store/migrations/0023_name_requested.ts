/** Gives the count of requested invitations its name. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE counts SET name = 'requested' WHERE name = 'asked'`
})
