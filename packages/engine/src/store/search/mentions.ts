/**
 * Finds stored deliveries that name a person without inviting them. Decoding the bodies takes time, so one call reads for a
 * limited time and returns where to continue. Webhooks without an invitation come first, because partial indexes find them.
 */
import { Clock, Duration, Effect, Option, Schema } from "effect"
import type { SqlError } from "effect/sql"
import { SearchPart } from "@usher/model/Search"
import type { Webhook } from "@usher/model/Webhook"
import type { Refused } from "../../ports/Lookup.ts"
import type { Mentions } from "../../ports/Mentions.ts"
import { SearchTime } from "../../ports/Operations.ts"
import { fitting } from "../forget/batches.ts"
import { isSearchable, type Mention, mentionOf } from "../forget/mention.ts"
import { type RefusedTexts, textsOfRefused, textsOfWebhook, type WebhookTexts } from "../forget/naming.ts"
import { isNamed } from "../forget/texts.ts"
import type { Row as QuarantinedRow } from "../quarantine/rows.ts"
import { meant } from "../rows/person.ts"
import { readable } from "../rows/rows.ts"
import { idsOf, limited, type Store } from "../rows/store.ts"
import { toInboxUnavailable } from "../rows/transaction.ts"
import { refusedOf } from "./lookup.ts"
import { timeOfId } from "../rows/ulidTime.ts"
import { webhook as webhookRow } from "../rows/webhookRow.ts"

/** The most deliveries that one call returns. */
const maxFound = 100

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

const parts: Readonly<Record<SearchPart, Part>> = {
  quarantined: { table: "quarantined", key: ["id"], where: "1 = 1" },
  received: withStatus("received", "lane", "source", "id"),
  held: withStatus("held", "source", "id"),
  unmappable: withStatus("unmappable", "id"),
  ignored: withStatus("ignored", "id"),
  // No index has the mapped ones alone, so a batch walks all webhooks and then reads the mapped.
  mapped: { table: "webhooks", key: ["id"], where: "1 = 1" }
}

const order = SearchPart.literals

/** The next row to read is below this key. An empty key is the newest end of the part. */
interface Position {
  readonly part: SearchPart
  readonly key: ReadonlyArray<string | number>
}

const Cursor = Schema.fromJsonString(
  Schema.Struct({ part: SearchPart, key: Schema.Array(Schema.Union([Schema.String, Schema.Finite])) })
)
const encode = Schema.encodeSync(Cursor)
const decode = Schema.decodeUnknownOption(Cursor)

/** A cursor that this version does not know starts from the beginning. */
const begin = (after: string | undefined): Position =>
  decode(after).pipe(
    Option.filter(({ part, key }) => key.length === 0 || key.length === parts[part].key.length),
    Option.getOrElse((): Position => ({ part: order[0], key: [] }))
  )

const partAfter = (part: SearchPart): Position | undefined => {
  const next = order[order.indexOf(part) + 1]
  return next === undefined ? undefined : { part: next, key: [] }
}

interface Sized extends Readonly<Record<string, string | number>> {
  readonly id: string
  readonly size: number
}

interface Step extends Pick<Mentions, "webhooks" | "refused"> {
  readonly next: Position | undefined
}

export const mentioning = (store: Store) => {
  const { sql, personOf } = store

  const sizesBelow = ({ part, key }: Position) => {
    const { table, key: names, where } = parts[part]
    const columns = sql.literal(names.join(", "))
    const values = sql.join(", ", false)(key.map((value) => sql`${value}`))
    const below = key.length === 0 ? sql`1 = 1` : sql`(${columns}) < (${values})`
    return sql<Sized>`SELECT ${columns}, octet_length(body) AS size FROM ${sql(table)}
      WHERE ${sql.literal(where)} AND ${below}
      ORDER BY ${sql.literal(names.map((name) => `${name} DESC`).join(", "))} ${limited(sql, maxRows)}`
  }

  /** Without the webhooks that invited the person. */
  const uninvited = Effect.fnUntraced(function* (
    found: ReadonlyArray<{ readonly id: string }>,
    mention: Mention
  ) {
    if (found.length === 0) return []
    const linked = yield* sql<{ id: string }>`SELECT DISTINCT l.webhook_id AS id FROM webhook_invitations l
      JOIN invitations i ON i.id = l.invitation_id
      WHERE ${sql.in("l.webhook_id", idsOf(found))} AND ${sql.in("i.person", mention.members.map(personOf))}`
    const known = new Set(idsOf(linked))
    return yield* readable(found.filter(({ id }) => !known.has(id)).map(webhookRow.read), "webhooks")
  })

  const webhooksOf = Effect.fnUntraced(function* (
    ids: ReadonlyArray<string>,
    status: string,
    mention: Mention
  ) {
    const rows = yield* sql<
      WebhookTexts & { readonly id: string }
    >`SELECT ${sql.literal(webhookRow.columns)}, delivery_id FROM webhooks
      WHERE status = ${status} AND ${sql.in("id", ids)} ORDER BY id DESC`
    const named = yield* Effect.filter(rows, (row) =>
      Effect.flatMap(textsOfWebhook(row), ({ texts }) => isNamed(mention, texts))
    )
    return yield* uninvited(named, mention)
  })

  const refusedNaming = Effect.fnUntraced(function* (ids: ReadonlyArray<string>, mention: Mention) {
    const rows = yield* sql<RefusedTexts & QuarantinedRow>`SELECT * FROM quarantined
      WHERE ${sql.in("id", ids)} ORDER BY id DESC`
    const named = yield* Effect.filter(rows, (row) =>
      Effect.flatMap(textsOfRefused(row), ({ texts }) => isNamed(mention, texts))
    )
    return named.map(refusedOf)
  })

  const step = Effect.fnUntraced(function* (
    position: Position,
    mention: Mention
  ): Effect.fn.Return<Step, SqlError.SqlError> {
    const { part } = position
    const sizes = yield* sizesBelow(position)
    const batch = fitting(sizes)
    const ids = idsOf(batch)
    const last = batch.at(-1)
    const webhooks = part === "quarantined" || last === undefined ? [] : yield* webhooksOf(ids, part, mention)
    const refused = part === "quarantined" && last !== undefined ? yield* refusedNaming(ids, mention) : []
    const isEnd = last === undefined || (batch.length === sizes.length && sizes.length < maxRows)
    const next = isEnd ? partAfter(part) : { part, key: parts[part].key.map((name) => last[name] ?? "") }
    return { webhooks, refused, next }
  })

  return Effect.fnUntraced(function* (
    person: string,
    { after }: { readonly after?: string | undefined } = {}
  ): Effect.fn.Return<Mentions, SqlError.SqlError> {
    const member = meant(person)
    if (!isSearchable(member)) return { isSearched: false, webhooks: [], refused: [], next: null }
    const mention = mentionOf(member)
    const end = (yield* Clock.currentTimeMillis) + Duration.toMillis(yield* SearchTime)
    const webhooks: Array<Webhook> = []
    const refused: Array<Refused> = []
    let next: Position | undefined = begin(after)
    do {
      yield* Effect.yieldNow
      const found: Step = yield* step(next, mention)
      webhooks.push(...found.webhooks)
      refused.push(...found.refused)
      next = found.next
    } while (
      next !== undefined &&
      webhooks.length + refused.length < maxFound &&
      (yield* Clock.currentTimeMillis) < end
    )
    return { isSearched: true, webhooks, refused, next: next === undefined ? null : shown(next) }
  }, toInboxUnavailable)
}

const shown = (position: Position): NonNullable<Mentions["next"]> => {
  const [id] = position.key
  const isByTime = parts[position.part].key.length === 1 && position.part !== "quarantined"
  return {
    after: encode(position),
    part: position.part,
    searchedTo: isByTime && typeof id === "string" ? timeOfId(id) : null
  }
}
