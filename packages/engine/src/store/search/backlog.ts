/** How much waits, told at the cost of a look at some thousands of rows. */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import * as Search from "../../ports/Search.ts"
import { limited } from "../rows/store.ts"

/** More are not counted: on SQLite it occupies the event loop. */
const most = 20_000

export const backlogOf = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, spot: string) {
  const waiting = (ready: number) => sql`SELECT batch FROM invitations
    WHERE spot = ${spot} AND ready = ${sql.literal(`${ready}`)} AND status = 'pending' ${limited(sql, most)}`
  const groups = yield* sql<{ count: number | bigint }>`SELECT count(*) AS count FROM
    (SELECT batch FROM (${waiting(1)}) AS due UNION ALL SELECT batch FROM (${waiting(0)}) AS waiting) AS pending GROUP BY batch`
  const counts = groups.map(({ count }) => Number(count))
  const invitations = counts.reduce((sum, count) => sum + count, 0)
  return { invitations, calls: Search.calls(counts), isMore: invitations >= most }
})
