/** Finds webhooks with the same delivery id: the first one, and those that repeat its id with another body. */
import { Duration, Effect } from "effect"
import type { Store } from "../rows/store.ts"
import { type Finding, keyOf, pairs } from "./finding.ts"
import { type Incoming, foremost, storedId } from "./incoming.ts"

/** How long a row of an earlier version is found by its former id. */
const formerWindow = Duration.toMillis(Duration.days(90))

interface First {
  readonly id: string
  readonly source: string
  readonly delivery_id: string
  readonly body_hash: string
  readonly status: string
  /** Null if the hash is known. */
  readonly body: Uint8Array | null
}

export const knownIds = ({ sql, hashOf, unhashedUntil }: Store) => {
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

  /**
   * Finds retries of webhooks that a version before `body_hash` stored under another id. Free if no such row is recent
   * enough.
   */
  const former = Effect.fnUntraced(function* (all: ReadonlyArray<Incoming>) {
    const asked = all.flatMap((one) => {
      const { deliveryId, receivedAt, webhook } = one
      if (deliveryId === "" || receivedAt - formerWindow >= unhashedUntil) return []
      const ids = (webhook.formerIds?.() ?? []).map((id) => storedId(id, hashOf))
      const others = ids.filter((id) => id !== deliveryId)
      return others.map((formerId) => ({ one, formerId }))
    })
    if (asked.length === 0) return []
    const found = yield* sql<First & { received_at: number }>`SELECT id, source, delivery_id, body_hash,
      status, received_at, body FROM webhooks
      WHERE first_webhook IS NULL AND delivery_id <> '' AND body_hash = ''
        AND (source, delivery_id) IN (VALUES ${pairs(sql, asked, formerIdOf)})`
    const byId = new Map(found.map((row) => [keyOf([row.source, row.delivery_id]), row]))
    return asked.flatMap((former) => {
      const row = byId.get(keyOf(formerIdOf(former)))
      const isYoung = row !== undefined && former.one.receivedAt - row.received_at < formerWindow
      return isYoung && isSame(former.one, row) ? [{ one: former.one, duplicateOf: row.id }] : []
    })
  })

  return { firsts, repeated, former }
}

interface Former {
  readonly one: Incoming
  readonly formerId: string
}

const formerIdOf = ({ one, formerId }: Former) => [one.webhook.source, formerId] as const

const idOf = ({ webhook, deliveryId }: Incoming) => [webhook.source, deliveryId] as const
