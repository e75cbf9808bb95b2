/** The plan of a statement whatever its parameters are. */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"

export const explain = (sql: SqlClient.SqlClient, statement: string) =>
  sql.onDialectOrElse({
    pg: () => prepared(sql, statement),
    orElse: () =>
      Effect.map(sql.unsafe<{ detail: string }>(`EXPLAIN QUERY PLAN ${statement}`), (rows) =>
        rows.map(({ detail }) => detail)
      )
  })

const prepared = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, statement: string) {
  const parameters = new Set(statement.match(/\$\d+/g)).size
  const values = Array.from({ length: parameters }, () => "NULL").join(", ")
  return yield* Effect.gen(function* () {
    yield* sql.unsafe("SET LOCAL plan_cache_mode = force_generic_plan").unprepared
    yield* sql.unsafe(`PREPARE hot AS ${statement}`).unprepared
    const rows = yield* sql.unsafe<Record<string, string>>(
      `EXPLAIN (COSTS OFF) EXECUTE hot${parameters === 0 ? "" : `(${values})`}`
    ).unprepared
    yield* sql.unsafe("DEALLOCATE hot").unprepared
    return rows.map((row) => row["QUERY PLAN"] ?? "")
  }).pipe(sql.withTransaction)
})
