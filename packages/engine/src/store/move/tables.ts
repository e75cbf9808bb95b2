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
export type Mark = ReadonlyArray<string | number>

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

/** Whole numbers are bigints on Postgres. */
export const markOf = ({ key }: Table, row: Row): Mark =>
  key.map((column) => {
    const value = row[column]
    return typeof value === "string" ? value : Number(value)
  })

/** The same for the same rows, whichever database holds them. */
export interface Digest {
  readonly rows: number
  readonly sha256: string
}

/** Of all rows; of those up to the mark, if one is given. */
export const digest = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  table: Table,
  upTo?: Mark
): Effect.fn.Return<Digest, SqlError.SqlError> {
  const hash = createHash("sha256")
  let rows = 0
  let mark: Mark = []
  for (;;) {
    const found = yield* following(sql, table, mark)
    const wanted = upTo === undefined ? found : found.filter((row) => isUpTo(markOf(table, row), upTo))
    for (const row of wanted) hash.update(canonical(row))
    rows += wanted.length
    const last = wanted.at(-1)
    if (last === undefined || wanted.length < size) return { rows, sha256: hash.digest("hex") }
    mark = markOf(table, last)
    yield* Effect.yieldNow
  }
})

const isUpTo = (mark: Mark, upTo: Mark): boolean => {
  for (const [index, value] of mark.entries()) {
    const order = compare(value, upTo[index])
    if (order !== 0) return order < 0
  }
  return true
}

const compare = (a: string | number, b: string | number | undefined): number =>
  typeof a === "number" ? a - Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(String(b)))

/** By the names of the columns; a number is the same as a bigint. */
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
