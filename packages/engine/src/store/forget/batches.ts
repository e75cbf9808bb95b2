/** A table in the order of its ids, a bounded number of bytes at a time, with a pause before each batch. */
import { Effect, Option, Stream } from "effect"
import type { SqlClient, SqlError } from "effect/sql"

/** Rows of a batch, at most. */
const mostRows = 500

/** Bytes of the bodies of a batch, at most; a body that is longer is one of its own. */
const mostBytes = 256 * 1024

interface Sized {
  readonly id: string
  readonly size: number
}

const endOf = (rows: ReadonlyArray<Sized>): string | undefined => {
  let bytes = 0
  let last: string | undefined
  for (const { id, size } of rows) {
    bytes += size
    if (last !== undefined && bytes > mostBytes) break
    last = id
  }
  return last
}

/** The rows of the table with ids in `(from, newest]`, of these columns. */
export const bodies = <Row extends object>(
  sql: SqlClient.SqlClient,
  table: "webhooks" | "quarantined",
  columns: string,
  newest: string,
  from = ""
): Stream.Stream<ReadonlyArray<Row>, SqlError.SqlError> =>
  Stream.paginate(from, (above: string) =>
    Effect.gen(function* () {
      yield* Effect.yieldNow
      const sizes = yield* sql<Sized>`SELECT id, octet_length(body) AS size FROM ${sql(table)}
        WHERE id > ${above} AND id <= ${newest} ORDER BY id LIMIT ${mostRows}`
      const upTo = endOf(sizes)
      if (upTo === undefined) return [[], Option.none<string>()] as const
      const rows = yield* sql<Row>`SELECT ${sql.literal(columns)} FROM ${sql(table)}
        WHERE id > ${above} AND id <= ${upTo} ORDER BY id`
      return [[rows], Option.some(upTo)] as const
    })
  )

/** The rows that a query finds after a mark, batch by batch. */
export const pages = <Row, Mark>(
  first: Mark,
  query: (after: Mark, limit: number) => Effect.Effect<ReadonlyArray<Row>, SqlError.SqlError>,
  markOf: (row: Row) => Mark
): Stream.Stream<ReadonlyArray<Row>, SqlError.SqlError> =>
  Stream.paginate(first, (after: Mark) =>
    Effect.gen(function* () {
      yield* Effect.yieldNow
      const rows = yield* query(after, mostRows)
      const last = rows.at(-1)
      return last === undefined
        ? ([[], Option.none<Mark>()] as const)
        : ([[rows], Option.some(markOf(last))] as const)
    })
  )
