/** Finds the refusals of a source among the counts. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE INDEX counts_refused ON counts (source, span, at) WHERE name = 'refused'`
})
