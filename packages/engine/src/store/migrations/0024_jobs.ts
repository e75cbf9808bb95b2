import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { columnTypes } from "../columns.ts"

/**
 * Work on a selection, with the mark that it has reached. `person` is the keyed hash of the person that the selection names;
 * `act` is the entry of the audit log that still lacks its result.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { id, whole, strict } = columnTypes(sql)
  yield* sql`CREATE TABLE jobs (
    id ${id} PRIMARY KEY,
    kind TEXT NOT NULL,
    selection TEXT NOT NULL,
    person ${id},
    up_to ${id} NOT NULL,
    mark ${id} NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    done ${whole} NOT NULL,
    total ${whole},
    begun_by TEXT NOT NULL,
    created_at ${whole} NOT NULL,
    ended_at ${whole},
    act TEXT
  ) ${strict}`
  yield* sql`CREATE INDEX jobs_state ON jobs (state, id)`
})
