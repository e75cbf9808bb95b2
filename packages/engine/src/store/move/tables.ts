/** What is moved, and how two databases are compared. */
import { Effect } from "effect"
import type { SqlClient, SqlError, Statement } from "effect/sql"
import { createHash } from "node:crypto"

export interface Table {
  readonly name: string
  /** In whose order it is copied; the same on both databases, byte by byte. */
  readonly key: readonly [string, ...ReadonlyArray<string>]
}

/** In the order in which they refer to each other. What a probe has written (`probes`) stays behind. */
export const tables: ReadonlyArray<Table> = [
  { name: "people", key: ["id"] },
  { name: "webhooks", key: ["id"] },
  { name: "invitations", key: ["id"] },
  { name: "webhook_invitations", key: ["webhook_id", "invitation_id"] },
  { name: "attempts", key: ["id"] },
  { name: "attempt_invitations", key: ["invitation_id", "attempt_id"] },
  { name: "parked_lives", key: ["spot", "live_id"] },
  { name: "spots", key: ["name"] },
  { name: "spends", key: ["spot", "lane", "number"] },
  { name: "paused_sources", key: ["source"] },
  { name: "quarantined", key: ["id"] },
  { name: "tokens", key: ["id"] },
  { name: "sessions", key: ["id"] },
  { name: "audit_log", key: ["number"] },
  { name: "audit_head", key: ["name"] },
  { name: "counts", key: ["span", "at", "source", "name", "writer"] }
]

export type Row = Readonly<Record<string, unknown>>

/** The values of the key; none before the first row. */
export type Mark = ReadonlyArray<unknown>

/** Few enough to hold them all in memory, if each of them has a body of 1 MiB. */
const size = 100

/** The rows that follow the mark. */
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

/** The same for the same rows, whichever database holds them. */
export interface Digest {
  readonly rows: number
  readonly sha256: string
}

/** Of all rows of the table. */
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

/** By the names of the columns. */
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
