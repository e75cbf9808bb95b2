/**
 * Finds what a text is known as. Indexes find ids and delivery ids at once. Titles of Lives, a part of an address, a trace id
 * and a text of a delivery without an invitation are searched batch by batch, for a limited time.
 */
import { Clock, Duration, Effect, Option, Schema } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type { FoundLive, Lookup, Refused, Senders } from "../../ports/Lookup.ts"
import { SearchTime } from "../../ports/Operations.ts"
import { pairs } from "../accept/finding.ts"
import { storedId } from "../accept/incoming.ts"
import { findingLives } from "../lives/titles.ts"
import * as quarantine from "../quarantine/rows.ts"
import { idsOf, limited, type Store, text as storable } from "../rows/store.ts"
import { toInboxUnavailable } from "../rows/transaction.ts"
import * as bodies from "./bodies.ts"
import { bodyContains } from "./conditions.ts"
import { refusedOf } from "./refused.ts"

/** The most items that one call returns. */
const maxFound = 50

/** What is searched batch by batch, in this order. */
const tables = ["lives", "quarantined", "people", "bodies", "webhooks", "invitations"] as const

/** Those that are searched in the order of their ids. */
type Table = Exclude<(typeof tables)[number], "lives" | "bodies">

/** The webhooks that can name somebody without an invitation. */
const uninvited = ["received", "held", "unmappable", "ignored"] as const

/** Rows in a batch. Bodies in quarantine are read, so fewer of them. */
const batchSize: Readonly<Record<Table, number>> = {
  quarantined: 200,
  people: 5_000,
  webhooks: 2_000,
  invitations: 2_000
}

interface Position {
  readonly table: (typeof tables)[number]
  /** Rows with lower ids are next. Of Lives and bodies, the cursor of the next batch. */
  readonly below: string
}

/** A row of any table: the columns of another table are missing. */
interface Found extends quarantine.Row {
  readonly is_plain: number
  readonly member: string
}

const Cursor = Schema.fromJsonString(Schema.Struct({ table: Schema.Literals(tables), below: Schema.String }))
const encode = Schema.encodeSync(Cursor)
const decode = Schema.decodeUnknownOption(Cursor)

/** Every id sorts below this. */
const newest = "~"

const trace = /^[\da-f]{32}$/i

/** What can have the text. Only a trace id needs the tables of webhooks and invitations. */
const tablesFor = (text: string) => (trace.test(text) ? tables : tables.slice(0, 4))

const after = (table: Position["table"], text: string): Position | undefined => {
  const all = tablesFor(text)
  const next = all[all.indexOf(table) + 1]
  return next === undefined ? undefined : { table: next, below: newest }
}

/** Jumps from source to source in the index, so the cost does not depend on the number of webhooks. */
const sources = `WITH RECURSIVE sources(source) AS (
  SELECT min(source) FROM webhooks WHERE first_webhook IS NULL AND delivery_id <> ''
  UNION ALL SELECT (SELECT min(source) FROM webhooks
    WHERE first_webhook IS NULL AND delivery_id <> '' AND source > sources.source)
  FROM sources WHERE sources.source IS NOT NULL) SELECT source FROM sources WHERE source IS NOT NULL`

export const lookingUp = (store: Store) => {
  const { sql, hashOf } = store
  const findLives = findingLives(store)
  const bodiesAt = bodies.walking(sql, uninvited, maxFound)
  const ofDelivery = Effect.fnUntraced(function* (text: string) {
    const names = [text, storedId(text, hashOf)]
    const found = yield* sql<{ source: string }>`${sql.literal(sources)}`
    if (found.length === 0) return []
    const each = found.flatMap(({ source }) => names.map((name) => [source, name] as const))
    const firsts = yield* sql<{
      id: string
    }>`SELECT id FROM webhooks WHERE first_webhook IS NULL AND delivery_id <> ''
      AND (source, delivery_id) IN (VALUES ${pairs(sql, each, (pair) => pair)})`
    if (firsts.length === 0) return []
    const repeated = yield* sql<{ id: string }>`SELECT id FROM webhooks
      WHERE ${sql.in("first_webhook", idsOf(firsts))} ${limited(sql, maxFound)}`
    return [...idsOf(firsts), ...idsOf(repeated)]
  })

  const withId = (table: Table, id: string) =>
    Effect.map(sql<{ id: string }>`SELECT id FROM ${sql(table)} WHERE id = ${id}`, idsOf)

  const known = Effect.fnUntraced(function* (text: string) {
    return {
      webhookIds: [...(yield* withId("webhooks", text)), ...(yield* ofDelivery(text))],
      invitationIds: yield* withId("invitations", text)
    }
  })

  const contains = (column: string, text: string) =>
    sql.onDialectOrElse({
      pg: () => sql`position(lower(${text}) IN lower(${sql.literal(column)})) > 0`,
      orElse: () => sql`instr(lower(${sql.literal(column)}), lower(${text})) > 0`
    })

  /** What operators see of a delivery in quarantine, without the values that are masked. */
  const shown = sql.onDialectOrElse({
    pg: () => ({
      headers: "CAST(CAST(headers AS json) -> 'shown' AS text)",
      path: "split_part(target, '?', 1)"
    }),
    orElse: () => ({
      headers: "json_extract(headers, '$.shown')",
      path: "substr(target, 1, instr(target || '?', '?') - 1)"
    })
  })

  const isPlain = (text: string) =>
    sql`(id = ${text} OR ${contains(shown.path, text)} OR ${bodyContains(sql, text)})`

  const matching = (table: Table, text: string): Statement.Fragment => {
    switch (table) {
      case "quarantined":
        return sql`(${isPlain(text)} OR ${contains(shown.headers, text)})`
      case "people":
        return contains("member", text)
      case "webhooks":
        return sql`traceparent LIKE ${`%-${text.toLowerCase()}-%`}`
      case "invitations":
        return sql`(trace_id = ${text.toLowerCase()} OR traceparent LIKE ${`%-${text.toLowerCase()}-%`})`
    }
  }

  const columns = (table: Table, text: string): Statement.Fragment => {
    if (table !== "quarantined") return sql.literal(table === "people" ? "id, member" : "id")
    return sql`${sql.literal(quarantine.columns)}, CASE WHEN ${isPlain(text)} THEN 1 ELSE 0 END AS is_plain`
  }

  const step = Effect.fnUntraced(function* (table: Table, below: string, text: string) {
    const size = batchSize[table]
    const [first] = yield* sql<{
      id: string | null
      count: number
    }>`SELECT min(id) AS id, count(*) AS count FROM
      (SELECT id FROM ${sql(table)} WHERE id < ${below} ORDER BY id DESC ${limited(sql, size)}) AS stretch`
    if (first === undefined || first.id === null) return { rows: [], next: after(table, text) }
    const rows = yield* sql<Found>`SELECT ${columns(table, text)}
      FROM ${sql(table)} WHERE id >= ${first.id} AND id < ${below} AND ${matching(table, text)}
      ORDER BY id DESC ${limited(sql, maxFound)}`
    const last = rows.at(-1)
    if (last !== undefined && rows.length === maxFound) return { rows, next: { table, below: last.id } }
    return { rows, next: first.count < size ? after(table, text) : { table, below: first.id } }
  })

  /** The next bodies without an invitation that have the text, and the position after them. */
  const readBodies = Effect.fnUntraced(function* (cursor: string, text: string) {
    const at = Option.getOrElse(bodies.decode(cursor), () => ({ part: uninvited[0], key: [] }))
    const { ids, next } = yield* bodiesAt(at)
    const found =
      ids.length === 0
        ? []
        : yield* sql<{ id: string }>`SELECT id FROM webhooks
            WHERE status = ${at.part} AND ${sql.in("id", ids)} AND ${bodyContains(sql, text)}`
    const position: Position | undefined =
      next === undefined ? after("bodies", text) : { table: "bodies", below: bodies.encode(next) }
    return { ids: idsOf(found), next: position }
  })

  return Effect.fnUntraced(function* (
    given: string,
    options: { readonly after?: string | undefined; readonly sources?: Senders | undefined } = {}
  ): Effect.fn.Return<Lookup, SqlError.SqlError> {
    const text = storable(given.trim())
    const end = (yield* Clock.currentTimeMillis) + Duration.toMillis(yield* SearchTime)
    const isFirst = options.after === undefined
    const start: Position = { table: "lives", below: newest }
    let next: Position | undefined = Option.getOrElse(decode(options.after), () => start)
    const found = isFirst ? yield* known(text) : { webhookIds: [], invitationIds: [] }
    const [webhookIds, invitationIds] = [new Set(found.webhookIds), new Set(found.invitationIds)]
    const lives: Array<FoundLive> = []
    const refused: Array<Refused> = []
    const people: Array<string> = []
    /** A source that was configured anew can have other secrets than when the delivery came. */
    const isShown = (row: Found) =>
      row.is_plain === 1 ||
      JSON.stringify(quarantine.shown(row, options.sources ?? new Map()).headers)
        .toLowerCase()
        .includes(text.toLowerCase())
    const size = () => lives.length + webhookIds.size + invitationIds.size + refused.length + people.length
    /** Reads a batch, and returns the position of the next one. */
    const read = Effect.fnUntraced(function* ({ table, below }: Position) {
      if (table === "lives") {
        const batch = yield* findLives(text, below, maxFound)
        lives.push(...batch.lives)
        return batch.next === undefined ? after(table, text) : { table, below: batch.next }
      }
      if (table === "bodies") {
        const { ids, next } = yield* readBodies(below, text)
        for (const id of ids) webhookIds.add(id)
        return next
      }
      const { rows, next } = yield* step(table, below, text)
      for (const row of rows) {
        if (table === "quarantined") refused.push(...(isShown(row) ? [refusedOf(row)] : []))
        else if (table === "people") people.push(row.member)
        else (table === "webhooks" ? webhookIds : invitationIds).add(row.id)
      }
      return next
    })
    do {
      yield* Effect.yieldNow
      next = yield* read(next)
    } while (next !== undefined && size() < maxFound && (yield* Clock.currentTimeMillis) < end)
    return {
      lives,
      webhookIds: [...webhookIds],
      invitationIds: [...invitationIds],
      refused,
      people,
      next: next === undefined ? null : encode(next)
    }
  }, toInboxUnavailable)
}
