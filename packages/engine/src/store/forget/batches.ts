/** Reads a table in the order of its ids, in batches of limited size. Yields before each batch. */
import { Effect, type Stream } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { steps } from "../rows/keyRanges.ts"

/** The most rows in a batch. */
const maxRows = 500

/** The most bytes of bodies in a batch. A longer body is a batch of its own. */
const maxBytes = 256 * 1024

interface Sized {
  readonly id: string
  readonly size: number
}

/** The first rows, at least one, whose bodies fit into a batch. */
export const fitting = <Row extends { readonly size: number }>(
  rows: ReadonlyArray<Row>
): ReadonlyArray<Row> => {
  let bytes = 0
  const end = rows.findIndex(({ size }, index) => (bytes += size) > maxBytes && index > 0)
  return end === -1 ? rows : rows.slice(0, end)
}

/** Reads these columns of the rows with ids in `(from, newest]`. */
export const bodies = <Row extends object>(
  sql: SqlClient.SqlClient,
  table: "webhooks" | "quarantined",
  columns: string,
  newest: string,
  from = ""
): Stream.Stream<ReadonlyArray<Row>, SqlError.SqlError> =>
  steps(
    from,
    Effect.fnUntraced(function* (above: string) {
      const sizes = yield* sql<Sized>`SELECT id, octet_length(body) AS size FROM ${sql(table)}
        WHERE id > ${above} AND id <= ${newest} ORDER BY id LIMIT ${maxRows}`
      const mark = fitting(sizes).at(-1)?.id
      if (mark === undefined) return undefined
      const rows = yield* sql<Row>`SELECT ${sql.literal(columns)} FROM ${sql(table)}
        WHERE id > ${above} AND id <= ${mark} ORDER BY id`
      return [rows, mark] as const
    })
  )

/** Repeats a query after the last row of each batch. */
export const pages = <Row, Mark>(
  first: Mark,
  query: (after: Mark, limit: number) => Effect.Effect<ReadonlyArray<Row>, SqlError.SqlError>,
  markOf: (row: Row) => Mark
): Stream.Stream<ReadonlyArray<Row>, SqlError.SqlError> =>
  steps(first, (after: Mark) =>
    Effect.map(query(after, maxRows), (rows) => {
      const last = rows.at(-1)
      return last === undefined ? undefined : ([rows, markOf(last)] as const)
    })
  )
