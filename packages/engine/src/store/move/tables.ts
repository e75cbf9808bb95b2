/** The tables that a move copies, and how it compares two databases. */
import { Effect } from "effect"
import type { SqlClient, SqlError, Statement } from "effect/sql"
import { createHash } from "node:crypto"

/**
 * A table that is copied.
 *
 * @category models
 */
export interface Table {
  /** The name of the table. */
  readonly name: string
  /** The key. It sorts the same on both databases, byte by byte. */
  readonly key: readonly [string, ...ReadonlyArray<string>]
}

/**
 * The tables of the engine, in the order of their references. `probes` is not copied, and triggers fill `live_counts`.
 *
 * @category constants
 */
export const tables: ReadonlyArray<Table> = [
  { name: "people", key: ["id"] },
  { name: "webhooks", key: ["id"] },
  // Before the invitations, whose triggers add missing Lives and count them.
  { name: "lives", key: ["spot", "live_id"] },
  { name: "invitations", key: ["id"] },
  { name: "webhook_invitations", key: ["webhook_id", "invitation_id"] },
  { name: "attempts", key: ["id"] },
  { name: "attempt_invitations", key: ["invitation_id", "attempt_id"] },
  { name: "parked_lives", key: ["spot", "live_id"] },
  { name: "spots", key: ["name"] },
  { name: "reservations", key: ["spot", "lane", "number"] },
  { name: "paused_sources", key: ["source"] },
  { name: "quarantined", key: ["id"] },
  { name: "jobs", key: ["id"] },
  { name: "counts", key: ["span", "at", "source", "name", "writer"] }
]

export type Row = Readonly<Record<string, unknown>>

/** The values of the key of a row; empty before the first row. */
export type Mark = ReadonlyArray<unknown>

/** Rows in a batch, few enough for the memory if each has a body of 1 MiB. */
const size = 100

/** The batch of rows after the mark. */
export const following = (
  sql: SqlClient.SqlClient,
  { name, key }: Table,
  mark: Mark
): Statement.Statement<Record<string, unknown>> => {
  const columns = sql.csv(key.map((column) => sql`${sql(column)}`))
  const after =
    mark.length === 0
      ? sql.literal("")
      : sql`WHERE (${columns}) > (${sql.csv(mark.map((value) => sql`${value}`))})`
  return sql<Record<string, unknown>>`SELECT * FROM ${sql(name)} ${after} ORDER BY ${columns} LIMIT ${size}`
}

export const markOf = ({ key }: Table, row: Row): Mark => key.map((column) => row[column])

/** The number and the hash of rows, the same on both databases. */
export interface Digest {
  readonly rows: number
  readonly sha256: string
}

/** Hashes all rows of a table. */
export const digest = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  table: Table
): Effect.fn.Return<Digest, SqlError.SqlError> {
  const hash = createHash("sha256")
  let rows = 0
  let mark: Mark = []
  for (;;) {
    const found = yield* following(sql, table, mark)
    for (const row of found) hash.update(canonical(row))
    rows += found.length
    const last = found.at(-1)
    if (last === undefined) return { rows, sha256: hash.digest("hex") }
    mark = markOf(table, last)
    yield* Effect.yieldNow
  }
})

/** A row as text, its columns sorted by name. */
const canonical = (row: Row): string =>
  `${Object.keys(row)
    .toSorted()
    .map((column) => `${column}=${valueOf(row[column])}`)
    .join(",")}\n`

const valueOf = (value: unknown): string => {
  if (value === null || value === undefined) return "null"
  if (value instanceof Uint8Array) return `x'${createHash("sha256").update(value).digest("hex")}'`
  return typeof value === "string" ? JSON.stringify(value) : String(value)
}
