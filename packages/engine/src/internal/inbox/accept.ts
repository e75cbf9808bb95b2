/** The multi-row insert behind `accept`. */
import { Clock, DateTime, Effect } from "effect"
import type { Accepted } from "../../Inbox.ts"
import type { NewWebhook } from "../../Webhook.ts"
import type { Event } from "../../Events.ts"
import { counting } from "./counting.ts"
import { sha256 } from "./digest.ts"
import { inserting } from "./manyRows.ts"
import * as rows from "./rows.ts"
import { type Store, text, unavailable } from "./store.ts"

const columns = [
  "id",
  "source",
  "delivery_id",
  "sender",
  "status",
  "lane",
  "received_at",
  "traceparent",
  "headers",
  "body"
]

interface New {
  readonly id: string
  readonly source: string
  readonly deliveryId: string
  readonly webhook: NewWebhook
}

/** Stores a batch in one transaction; of each, its id or the first one's. */
export const accept = ({ sql, random, signals, events }: Store) => {
  const count = counting(sql)
  const inOrder = sql.onDialectOrElse({
    pg: () => inKeyOrder,
    orElse: () => (news: ReadonlyArray<New>) => news
  })
  const insert = inserting(sql, "webhooks", columns, "ON CONFLICT (source, delivery_id) DO NOTHING")

  const store = Effect.fnUntraced(function* (batch: ReadonlyArray<NewWebhook>) {
    const now = yield* Clock.currentTimeMillis
    const news: Array<New> = []
    for (const webhook of batch) {
      const { source } = webhook
      const deliveryId = webhook.deliveryId ?? sha256(webhook.body)
      news.push({ id: `wh_${yield* random.ulid}`, source, deliveryId: indexable(deliveryId), webhook })
    }
    const ordered = inOrder(news)
    const isNew = yield* insert(ordered.map((one) => valuesOf(one, now)))
    const known = ordered.filter((_, index) => !isNew[index])
    yield* count(
      ordered.map(({ source }, index) => ({ source, name: isNew[index] ? "accepted" : "duplicates" })),
      now
    )
    if (known.length === 0) return news.map(({ id }): Accepted => ({ id, duplicate: false }))

    const firsts = yield* firstOnes(known)
    yield* sql`UPDATE webhooks SET resent = resent + 1, resent_at = ${now} WHERE ${sql.in("id", [...firsts.values()])}`
    return news.map((one): Accepted => {
      const first = known.includes(one) ? firsts.get(keyOf(one.source, one.deliveryId)) : undefined
      return { id: first ?? one.id, duplicate: first !== undefined }
    })
  })

  const firstOnes = (known: ReadonlyArray<New>) => {
    const pairs = known.map(({ source, deliveryId }) => sql`(${source}, ${deliveryId})`)
    return Effect.map(
      sql<{ id: string; source: string; delivery_id: string }>`SELECT id, source, delivery_id FROM webhooks
        WHERE (source, delivery_id) IN (VALUES ${sql.csv(pairs)})`,
      (found) => new Map(found.map(({ id, source, delivery_id }) => [keyOf(source, delivery_id), id]))
    )
  }

  return (batch: ReadonlyArray<NewWebhook>) =>
    store(batch).pipe(
      sql.withTransaction,
      Effect.tap((accepted) =>
        accepted.every(({ duplicate }) => duplicate) ? Effect.void : signals.publish("received")
      ),
      Effect.tap((accepted) => events.tell(() => accepted.flatMap(received(batch)))),
      unavailable,
      Effect.withTracerEnabled(false)
    )
}

const received =
  (batch: ReadonlyArray<NewWebhook>) =>
  ({ id, duplicate }: Accepted, index: number): ReadonlyArray<Event> =>
    duplicate ? [] : [{ type: "webhook", id, source: batch[index]?.source ?? "", status: "received" }]

const keyOf = (source: string, deliveryId: string) => JSON.stringify([source, deliveryId])

/** As the columns stand. */
const valuesOf = ({ id, source, deliveryId, webhook }: New, now: number) => [
  id,
  source,
  deliveryId,
  webhook.sender,
  "received",
  rows.laneNumber(webhook.lane ?? "live"),
  webhook.receivedAt === undefined ? now : DateTime.toEpochMillis(webhook.receivedAt),
  webhook.traceparent,
  JSON.stringify(webhook.headers),
  webhook.body
]

/** Two relays that store the same deliveries take their locks in one order, and never wait for each other in a ring. */
const inKeyOrder = (news: ReadonlyArray<New>) =>
  news.toSorted((a, b) => compare(a.source, b.source) || compare(a.deliveryId, b.deliveryId))

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** What an index of Postgres can hold; no sender has ids that long. */
const indexable = (deliveryId: string): string =>
  deliveryId.length > 500 ? `sha256:${sha256(deliveryId)}` : text(deliveryId)
