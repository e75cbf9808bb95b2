/** One insert of many rows, the fastest way that each database has. */
import { Effect, Option, Predicate } from "effect"
import type { SqlClient, SqlConnection, SqlError } from "effect/sql"

/** In the order of the columns. */
export type Values = ReadonlyArray<unknown>

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

/**
 * Makes a function that inserts rows inside a transaction: of each, whether it was written, or left alone for the one that
 * is there already. The first column is unique, or nobody asks.
 */
export const insertMany = (
  sql: SqlClient.SqlClient,
  table: string,
  columns: ReadonlyArray<string>,
  onConflict: string
) => {
  const insert = `INSERT INTO ${table} (${columns.join(", ")}) VALUES`
  const otherwise = `ON CONFLICT ${onConflict}`
  const one = `${insert} (${columns.map(() => "?").join(", ")}) ${otherwise}`
  const [unique] = columns

  /** As a text that stays the same for so many rows, which keeps it prepared. */
  const texts = new Map<number, string>()
  const many = (count: number) => {
    const known = texts.get(count)
    if (known !== undefined) return known
    const placeholder = sql.onDialectOrElse({
      pg: () => (at: number) => `$${at + 1}`,
      orElse: () => () => "?"
    })
    const row = (_: unknown, at: number) =>
      `(${columns.map((_, column) => placeholder(at * columns.length + column)).join(", ")})`
    const text = `${insert} ${Array.from({ length: count }, row).join(", ")} ${otherwise} RETURNING ${unique} AS written`
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
    const inserted = new Set<unknown>()
    for (const chunk of chunks(rows)) {
      const answered = yield* sql.unsafe<{ written: unknown }>(many(chunk.length), chunk.flat())
      for (const { written } of answered) inserted.add(written)
    }
    return rows.map(([first]) => inserted.has(first))
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
