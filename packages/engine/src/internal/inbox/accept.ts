/** The multi-row insert behind `accept`. */
import { Clock, Effect } from "effect"
import type { Accepted } from "../../Inbox.ts"
import type { NewWebhook } from "../../Webhook.ts"
import { sha256 } from "./digest.ts"
import * as rows from "./rows.ts"
import { type Store, text, unavailable } from "./store.ts"

/** Stores a batch in one transaction; of each, its id or the first one's. */
export const accept = ({ sql, random, signals }: Store) => {
  const insert = Effect.fnUntraced(function* (batch: ReadonlyArray<NewWebhook>) {
    const now = yield* Clock.currentTimeMillis
    const news = yield* Effect.forEach(batch, (webhook) =>
      Effect.map(random.ulid, (ulid) => ({
        id: `wh_${ulid}`,
        source: webhook.source,
        delivery_id: indexable(webhook.deliveryId),
        sender: webhook.sender,
        status: "received",
        lane: rows.laneNumber(webhook.lane ?? "live"),
        received_at: now,
        traceparent: webhook.traceparent,
        headers: rows.encodeHeaders(webhook.headers),
        body: webhook.body
      }))
    )
    const stored = new Set<string>()
    for (const chunk of chunks(inKeyOrder(news))) {
      const inserted = yield* sql<{ id: string }>`INSERT INTO webhooks ${sql.insert(chunk)}
        ON CONFLICT (source, delivery_id) DO NOTHING RETURNING id`
      for (const { id } of inserted) stored.add(id)
    }
    const known = news.filter(({ id }) => !stored.has(id))
    if (known.length === 0) return news.map(({ id }): Accepted => ({ id, duplicate: false }))

    const pairs = known.map((row) => sql`(${row.source}, ${row.delivery_id})`)
    const firsts = yield* sql<{
      id: string
      source: string
      delivery_id: string
    }>`SELECT id, source, delivery_id
      FROM webhooks WHERE (source, delivery_id) IN (VALUES ${sql.csv(pairs)})`
    const ids = new Map(firsts.map((row) => [JSON.stringify([row.source, row.delivery_id]), row.id]))
    return news.map((row): Accepted =>
      stored.has(row.id)
        ? { id: row.id, duplicate: false }
        : { id: ids.get(JSON.stringify([row.source, row.delivery_id])) ?? row.id, duplicate: true }
    )
  })

  return (batch: ReadonlyArray<NewWebhook>) =>
    insert(batch).pipe(
      sql.withTransaction,
      Effect.tap((accepted) =>
        accepted.every(({ duplicate }) => duplicate) ? Effect.void : signals.publish("received")
      ),
      unavailable,
      Effect.withTracerEnabled(false)
    )
}

/** Two relays that store the same deliveries take their locks in one order, and never wait for each other in a ring. */
const inKeyOrder = <A extends { readonly source: string; readonly delivery_id: string }>(news: Array<A>) =>
  news.toSorted((a, b) => compare(a.source, b.source) || compare(a.delivery_id, b.delivery_id))

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Parts of 64, 32, 16 … rows: few statements to prepare, whatever the size of a batch. */
export const chunks = function* <A>(all: ReadonlyArray<A>) {
  let size = 64
  for (let at = 0; at < all.length; at += size) {
    while (size > all.length - at) size /= 2
    const [first, ...rest] = all.slice(at, at + size)
    if (first !== undefined) yield [first, ...rest] as const
  }
}

/** What an index of Postgres can hold; no sender has ids that long. */
const indexable = (deliveryId: string): string =>
  deliveryId.length > 500 ? `sha256:${sha256(deliveryId)}` : text(deliveryId)
