/** Writes many rows by the fastest method of each database. The statements are built once, from lists of columns. */
import { Effect, Option, Predicate } from "effect"
import type { SqlClient, SqlConnection, SqlError } from "effect/sql"
import { toChange } from "./locks.ts"

/** The columns that a statement writes, by name: type on Postgres and value. */
export type Columns<A> = Readonly<Record<string, readonly [type: string, value: (row: A) => unknown]>>

/** A connection in this process needs no round trip, so one statement per row is faster than one for many rows. */
interface InProcess {
  /** Runs the statement for each row. Returns how many rows each run changed. */
  readonly executeMany: (
    sql: string,
    rows: ReadonlyArray<ReadonlyArray<unknown>>
  ) => Effect.Effect<ReadonlyArray<number>, SqlError.SqlError>
}

const isInProcess = (
  connection: SqlConnection.Connection
): connection is SqlConnection.Connection & InProcess => Predicate.hasProperty(connection, "executeMany")

/**
 * Returns a function that writes rows inside a transaction and tells, for each row, whether it was written. `one` refers
 * to the values of a row as `?1`, `?2` …; `many` returns the first value of each written row as `written`.
 */
const writing = <A>(
  sql: SqlClient.SqlClient,
  columns: Columns<A>,
  one: string,
  many: (tuples: string) => string,
  castOf: (placeholder: string, type: string) => string
) => {
  const types = Object.values(columns).map(([type]) => type)
  const values = Object.values(columns).map(([, value]) => value)
  const valuesOf = (row: A) => values.map((value) => value(row) ?? null)
  const mark = sql.onDialectOrElse({ pg: () => "$", orElse: () => "?" })
  /** One text per number of rows, so that it stays prepared. */
  const texts = new Map<number, string>()
  const textFor = (count: number) => {
    const known = texts.get(count)
    if (known !== undefined) return known
    const tuple = (_: unknown, row: number) =>
      `(${types.map((type, column) => castOf(`${mark}${row * types.length + column + 1}`, type)).join(", ")})`
    const text = many(Array.from({ length: count }, tuple).join(", "))
    texts.set(count, text)
    return text
  }

  return Effect.fnUntraced(function* (rows: ReadonlyArray<A>) {
    const transaction = yield* Effect.serviceOption(sql.transactionService)
    const connection = Option.getOrUndefined(transaction)?.[0]
    const all = rows.map(valuesOf)
    if (connection !== undefined && isInProcess(connection)) {
      return (yield* connection.executeMany(one, all)).map((changes) => changes > 0)
    }
    const written = new Set<unknown>()
    for (const chunk of chunks(all)) {
      const answered = yield* sql.unsafe<{ written: unknown }>(textFor(chunk.length), chunk.flat())
      for (const { written: first } of answered) written.add(first)
    }
    return all.map(([first]) => written.delete(first))
  })
}

/** Inserts rows. A row that conflicts is not written. */
export const inserting = <A>(
  sql: SqlClient.SqlClient,
  table: string,
  columns: Columns<A>,
  onConflict = "ON CONFLICT DO NOTHING"
) => {
  const names = Object.keys(columns)
  const insert = `INSERT INTO ${table} (${names.join(", ")}) VALUES`
  return writing(
    sql,
    columns,
    `${insert} (${names.map((_, at) => `?${at + 1}`).join(", ")}) ${onConflict}`,
    (tuples) => `${insert} ${tuples} ${onConflict} RETURNING ${names[0]} AS written`,
    (placeholder) => placeholder
  )
}

/** An update of rows by their keys. */
interface Update<A> {
  readonly table: string
  /** Columns that identify the row. */
  readonly keys: Columns<A>
  /** Columns to set. */
  readonly columns?: Columns<A>
  /** Values that only `set` uses. */
  readonly beside?: Columns<A>
  /** More assignments. `of` returns the SQL reference of a value. */
  readonly set?: (of: (name: string) => string) => string
  /** Another condition on the row. */
  readonly where?: string
  /** Locks the rows that match this condition first, in the order of their ids. Default: none. */
  readonly locked?: string
}

/** Updates rows by their keys. */
export const updating = <A>(
  sql: SqlClient.SqlClient,
  { table, keys, columns = {}, beside, set, where, locked }: Update<A>
) => {
  const all = { ...keys, ...columns, ...beside }
  const names = Object.keys(all)
  const change = (of: (name: string) => string, from: string) => {
    const sets = Object.keys(columns).map((name) => `${name} = ${of(name)}`)
    const conditions = Object.keys(keys).map((name) => `${table}.${name} = ${of(name)}`)
    return `SET ${[...sets, ...(set === undefined ? [] : [set(of)])].join(", ")} ${from}
      WHERE ${[...conditions, ...(where === undefined ? [] : [where])].join(" AND ")}`
  }
  const [lock, from] =
    locked === undefined
      ? ["", "FROM given"]
      : [
          `, locked AS MATERIALIZED (SELECT id FROM ${table}
            WHERE id IN (SELECT id FROM given) AND ${locked} ORDER BY id ${toChange(sql)})`,
          "FROM given JOIN locked ON locked.id = given.id"
        ]
  return writing(
    sql,
    all,
    `UPDATE ${table} ${change((name) => `?${names.indexOf(name) + 1}`, "")}`,
    (tuples) => `WITH given (${names.join(", ")}) AS (VALUES ${tuples})${lock}
      UPDATE ${table} ${change((name) => `given.${name}`, from)} RETURNING given.${names[0]} AS written`,
    (placeholder, type) => `CAST(${placeholder} AS ${type})`
  )
}

/** Splits into parts of 64, 32, 16 … rows, so that few statements are prepared whatever the size of a batch. */
export const chunks = function* <A>(all: ReadonlyArray<A>) {
  let size = 64
  for (let at = 0; at < all.length; at += size) {
    while (size > all.length - at) size /= 2
    const [first, ...rest] = all.slice(at, at + size)
    if (first !== undefined) yield [first, ...rest] as const
  }
}
