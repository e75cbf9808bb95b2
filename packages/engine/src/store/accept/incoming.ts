/** Webhooks on their way into the table. */
import { Clock, DateTime, Effect } from "effect"
import type { NewWebhook } from "../../ports/Webhook.ts"
import * as rows from "../rows/rows.ts"
import type { Store } from "../rows/store.ts"
import { storedId } from "./identity.ts"

export interface Incoming {
  readonly id: string
  readonly webhook: NewWebhook
  /** As stored: '' for none. */
  readonly deliveryId: string
  /** Of the content. */
  readonly hash: string
  /** In milliseconds. */
  readonly receivedAt: number
}

/** Where a row belongs among those with the same id, or with the same body and no id. */
export interface Place {
  /** The first webhook with the id, where that one has another body. */
  readonly firstWebhook: string | null
  /** Of the body without an id: how many sign-ups came before. */
  readonly occurrence: number
}

/** The place of most: nothing like it is there. */
export const foremost: Place = { firstWebhook: null, occurrence: 0 }

export const incoming = ({ random, hashOf }: Store) =>
  Effect.fnUntraced(function* (batch: ReadonlyArray<NewWebhook>) {
    const now = yield* Clock.currentTimeMillis
    const all: Array<Incoming> = []
    for (const webhook of batch) {
      all.push({
        id: `wh_${yield* random.ulid}`,
        webhook,
        deliveryId: storedId(webhook.deliveryId, hashOf),
        hash: hashOf(webhook.content ?? webhook.body),
        receivedAt: webhook.receivedAt === undefined ? now : DateTime.toEpochMillis(webhook.receivedAt)
      })
    }
    return { all, now }
  })

export const columns = [
  "id",
  "source",
  "delivery_id",
  "body_hash",
  "sender",
  "status",
  "lane",
  "received_at",
  "traceparent",
  "headers",
  "body"
]

/** In the order of the columns. */
export const valuesOf = ({ id, deliveryId, hash, webhook, receivedAt }: Incoming) => [
  id,
  webhook.source,
  deliveryId,
  hash,
  webhook.sender,
  "received",
  rows.laneNumbers[webhook.lane ?? "live"],
  receivedAt,
  webhook.traceparent,
  JSON.stringify(webhook.headers),
  webhook.body
]

/**
 * Two relays that store the same deliveries take their locks in one order, and never wait for each other in a ring. Of those
 * with one id, the first that came is the first in the table.
 */
export const inKeyOrder = (all: ReadonlyArray<Incoming>) =>
  all.toSorted((a, b) => byId(a, b) || (a.deliveryId === "" ? compare(a.hash, b.hash) : 0))

/** The same for those that are not the first with their id. */
export const inHashOrder = (all: ReadonlyArray<Incoming>) =>
  all.toSorted((a, b) => byId(a, b) || compare(a.hash, b.hash))

const byId = (a: Incoming, b: Incoming) =>
  compare(a.webhook.source, b.webhook.source) || compare(a.deliveryId, b.deliveryId)

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
