/**
 * Finds stored deliveries that name a person without inviting them. Decoding the bodies takes time, so one call reads for a
 * limited time and returns where to continue. Webhooks without an invitation come first, because partial indexes find them.
 */
import { Clock, Duration, Effect, Option } from "effect"
import type { SqlError } from "effect/sql"
import { SearchPart } from "@usher/model/Search"
import type { Webhook } from "@usher/model/Webhook"
import type { Refused } from "../../ports/Lookup.ts"
import type { Mentions } from "../../ports/Mentions.ts"
import { SearchTime } from "../../ports/Operations.ts"
import { isSearchable, type Mention, mentionOf } from "../forget/mention.ts"
import { type RefusedTexts, textsOfRefused, textsOfWebhook, type WebhookTexts } from "../forget/naming.ts"
import { isNamed } from "../forget/texts.ts"
import type { Row as QuarantinedRow } from "../quarantine/rows.ts"
import { meant } from "../rows/person.ts"
import { readable } from "../rows/rows.ts"
import { idsOf, type Store } from "../rows/store.ts"
import { toInboxUnavailable } from "../rows/transaction.ts"
import { decode, encode, parts, type Position, walking } from "./bodies.ts"
import { refusedOf } from "./refused.ts"
import { timeOfId } from "../rows/ulidTime.ts"
import { webhook as webhookRow } from "../rows/webhookRow.ts"

/** The most deliveries that one call returns. */
const maxFound = 100

interface Step extends Pick<Mentions, "webhooks" | "refused"> {
  readonly next: Position | undefined
}

export const mentioning = (store: Store) => {
  const { sql, personOf } = store
  const batchAt = walking(sql)

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
    const { ids, next } = yield* batchAt(position)
    const webhooks = part === "quarantined" || ids.length === 0 ? [] : yield* webhooksOf(ids, part, mention)
    const refused = part === "quarantined" && ids.length > 0 ? yield* refusedNaming(ids, mention) : []
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
    // A cursor that this version does not know starts from the beginning.
    let next: Position | undefined = Option.getOrElse(decode(after), (): Position => ({
      part: SearchPart.literals[0],
      key: []
    }))
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
