/** Looks for webhooks with the same delivery id: the first one, and those that repeat its id with another body. */
import { Effect } from "effect"
import { type Incoming, foremost } from "./incoming.ts"
import { type Finding, keyOf, pairs } from "./finding.ts"
import type { Store } from "./store.ts"

interface First {
  readonly id: string
  readonly source: string
  readonly delivery_id: string
  readonly body_hash: string
  readonly status: string
  /** Null unless its hash is not known. */
  readonly body: Uint8Array | null
}

export const knownIds = ({ sql, hashOf }: Store) => {
  /** A row of an earlier version has no hash: its body is compared while it is there. */
  const isSame = ({ hash, webhook }: Incoming, { body_hash, body, status }: First) =>
    body === null
      ? body_hash === hash
      : status === "purged" ||
        status === "forgotten" ||
        hashOf(body) === hash ||
        Buffer.compare(body, webhook.body) === 0

  const firsts = (all: ReadonlyArray<Incoming>): Finding =>
    Effect.map(
      sql<First>`SELECT id, source, delivery_id, body_hash, status, CASE WHEN body_hash = '' THEN body END AS body
        FROM webhooks WHERE first_webhook IS NULL AND delivery_id <> ''
          AND (source, delivery_id) IN (VALUES ${pairs(sql, all, idOf)})`,
      (found) => {
        const byId = new Map(found.map((row) => [keyOf([row.source, row.delivery_id]), row]))
        return all.map((one) => {
          const first = byId.get(keyOf(idOf(one)))
          if (first === undefined) return { one, place: foremost }
          if (isSame(one, first)) return { one, duplicateOf: first.id }
          return { one, place: { firstWebhook: first.id, occurrence: 0 } }
        })
      }
    )

  const repeated = (all: ReadonlyArray<Incoming>, firstOf: (one: Incoming) => string): Finding => {
    const repeatOf = (one: Incoming) => [firstOf(one), one.hash] as const
    return Effect.map(
      sql<{ id: string; first_webhook: string; body_hash: string }>`SELECT id, first_webhook, body_hash
        FROM webhooks WHERE first_webhook IS NOT NULL
          AND (first_webhook, body_hash) IN (VALUES ${pairs(sql, all, repeatOf)})`,
      (found) => {
        const ids = new Map(found.map((row) => [keyOf([row.first_webhook, row.body_hash]), row.id]))
        return all.map((one) => {
          const duplicateOf = ids.get(keyOf(repeatOf(one)))
          return duplicateOf === undefined ? { one, place: foremost } : { one, duplicateOf }
        })
      }
    )
  }

  return { firsts, repeated }
}

const idOf = ({ webhook, deliveryId }: Incoming) => [webhook.source, deliveryId] as const
