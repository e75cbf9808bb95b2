/** Walks the stored deliveries part by part, newest first, in batches whose bodies fit into memory. */
import { Effect, Option, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { SearchPart } from "@usher/model/Search"
import { fitting } from "../forget/batches.ts"
import { idsOf, limited } from "../rows/store.ts"

/** The most rows in a batch. */
const maxRows = 500

interface Part {
  readonly table: "webhooks" | "quarantined"
  /** The columns of the index that finds the rows, in its order. */
  readonly key: ReadonlyArray<string>
  readonly where: string
}

const withStatus = (status: string, ...key: ReadonlyArray<string>): Part => ({
  table: "webhooks",
  key,
  where: `status = '${status}'`
})

export const parts: Readonly<Record<SearchPart, Part>> = {
  quarantined: { table: "quarantined", key: ["id"], where: "1 = 1" },
  received: withStatus("received", "lane", "source", "id"),
  held: withStatus("held", "source", "id"),
  unmappable: withStatus("unmappable", "id"),
  ignored: withStatus("ignored", "id"),
  // No index has the mapped ones alone, so a batch walks all webhooks and then reads the mapped.
  mapped: { table: "webhooks", key: ["id"], where: "1 = 1" }
}

/** The next row to read is below this key. An empty key is the newest end of the part. */
export interface Position {
  readonly part: SearchPart
  readonly key: ReadonlyArray<string | number>
}

const Cursor = Schema.fromJsonString(
  Schema.Struct({ part: SearchPart, key: Schema.Array(Schema.Union([Schema.String, Schema.Finite])) })
)
const decodeCursor = Schema.decodeUnknownOption(Cursor)

export const encode = Schema.encodeSync(Cursor)

/** None for a cursor that this version does not know. */
export const decode = (cursor: string | undefined): Option.Option<Position> =>
  Option.filter(
    decodeCursor(cursor),
    ({ part, key }) => key.length === 0 || key.length === parts[part].key.length
  )

interface Sized extends Readonly<Record<string, string | number>> {
  readonly id: string
  readonly size: number
}

/** Reads the ids of a batch at a position, and where the next batch begins in these parts. */
export const walking = (
  sql: SqlClient.SqlClient,
  order: ReadonlyArray<SearchPart> = SearchPart.literals,
  rows = maxRows
) => {
  const partAfter = (part: SearchPart): Position | undefined => {
    const next = order[order.indexOf(part) + 1]
    return next === undefined ? undefined : { part: next, key: [] }
  }

  return Effect.fnUntraced(function* ({ part, key }: Position) {
    const { table, key: names, where } = parts[part]
    const columns = sql.literal(names.join(", "))
    const values = sql.join(", ", false)(key.map((value) => sql`${value}`))
    const below = key.length === 0 ? sql`1 = 1` : sql`(${columns}) < (${values})`
    const sizes = yield* sql<Sized>`SELECT ${columns}, octet_length(body) AS size FROM ${sql(table)}
      WHERE ${sql.literal(where)} AND ${below}
      ORDER BY ${sql.literal(names.map((name) => `${name} DESC`).join(", "))} ${limited(sql, rows)}`
    const batch = fitting(sizes)
    const last = batch.at(-1)
    const isEnd = last === undefined || (batch.length === sizes.length && sizes.length < rows)
    const next: Position | undefined = isEnd
      ? partAfter(part)
      : { part, key: names.map((name) => last[name] ?? "") }
    return { ids: idsOf(batch), next }
  })
}
