/** One statement for many rows, the fastest way that each database has. */
import { Effect, Option, Predicate } from "effect"
import type { SqlClient, SqlConnection, SqlError } from "effect/sql"

/** In the order of the columns. */
export type Values = ReadonlyArray<unknown>

/** What is run for rows of values. What was written is told by the first value: where that is not unique, nobody asks. */
export interface Statement {
  /** For one row, whose values are `?1`, `?2` … */
  readonly one: string
  /** For many at once: of each that was written, the first value as `written`. */
  readonly many: (tuples: string) => string
  /** Of the values, where the statement does not tell. */
  readonly types?: ReadonlyArray<string>
}

/** A connection in this process runs a statement for each row, and needs no round trip: faster than one for many rows. */
interface InProcess {
  /** How many rows each run has changed. */
  readonly executeMany: (
    sql: string,
    rows: ReadonlyArray<Values>
  ) => Effect.Effect<ReadonlyArray<number>, SqlError.SqlError>
}

const isInProcess = (
  connection: SqlConnection.Connection
): connection is SqlConnection.Connection & InProcess => Predicate.hasProperty(connection, "executeMany")

/** Makes a function that writes rows inside a transaction: of each, whether it was written. */
export const writing = (sql: SqlClient.SqlClient, { one, many, types }: Statement) => {
  /** As a text that stays the same for so many rows, which keeps it prepared. */
  const texts = new Map<number, string>()
  const textFor = (count: number, columns: number) => {
    const known = texts.get(count)
    if (known !== undefined) return known
    const value = (at: number, column: number) => {
      const placeholder = sql.onDialectOrElse({ pg: () => `$${at + 1}`, orElse: () => `?${at + 1}` })
      return types === undefined ? placeholder : `CAST(${placeholder} AS ${types[column] ?? "TEXT"})`
    }
    const tuple = (_: unknown, row: number) =>
      `(${Array.from({ length: columns }, (_, column) => value(row * columns + column, column)).join(", ")})`
    const text = many(Array.from({ length: count }, tuple).join(", "))
    texts.set(count, text)
    return text
  }

  return Effect.fnUntraced(function* (
    rows: ReadonlyArray<Values>
  ): Effect.fn.Return<ReadonlyArray<boolean>, SqlError.SqlError> {
    const transaction = yield* Effect.serviceOption(sql.transactionService)
    const connection = Option.getOrUndefined(transaction)?.[0]
    if (connection !== undefined && isInProcess(connection)) {
      return (yield* connection.executeMany(one, rows)).map((changes) => changes > 0)
    }
    const written = new Set<unknown>()
    for (const chunk of chunks(rows)) {
      const answered = yield* sql.unsafe<{ written: unknown }>(
        textFor(chunk.length, chunk[0].length),
        chunk.flat()
      )
      for (const { written: first } of answered) written.add(first)
    }
    return rows.map(([first]) => written.delete(first))
  })
}

/** The same for an insert; a row of `onConflict DO NOTHING` is not written if it already exists. */
export const inserting = (
  sql: SqlClient.SqlClient,
  table: string,
  columns: ReadonlyArray<string>,
  onConflict = ""
) => {
  const insert = `INSERT INTO ${table} (${columns.join(", ")}) VALUES`
  return writing(sql, {
    one: `${insert} (${columns.map((_, at) => `?${at + 1}`).join(", ")}) ${onConflict}`,
    many: (tuples) => `${insert} ${tuples} ${onConflict} RETURNING ${columns[0]} AS written`
  })
}

/** Parts of 64, 32, 16 … rows: few statements to prepare, whatever the size of a batch. */
export const chunks = function* <A>(all: ReadonlyArray<A>) {
  let size = 64
  for (let at = 0; at < all.length; at += size) {
    while (size > all.length - at) size /= 2
    const [first, ...rest] = all.slice(at, at + size)
    if (first !== undefined) yield [first, ...rest] as const
  }
}
