/** Finds webhooks without an id that have the same body. A delivery counts as a retry of one of them for a limited time. */
import { Duration, Effect } from "effect"
import type { NewWebhook } from "@usher/model/Webhook"
import { type Store, text } from "../rows/store.ts"
import { type Finding, keyOf, pairs } from "./finding.ts"
import { type Incoming, foremost, formerId } from "./incoming.ts"

const defaultWindow = Duration.hours(24)

/** How many of the newest are compared: one that was released late may be older than the one before it. */
const maxOccurrences = 10

interface Earlier {
  readonly id: string
  readonly source: string
  readonly received_at: number
  readonly status: string
  readonly mapping_version: string | null
}

export const knownContents = ({ sql, unhashedUntil }: Store) => {
  const newest = (all: ReadonlyArray<Incoming>): Finding =>
    Effect.map(
      sql<
        Earlier & { body_hash: string; occurrence: number }
      >`WITH asked (source, body_hash) AS (VALUES ${pairs(sql, all, contentOf)}),
        newest (source, body_hash, occurrence) AS (SELECT source, body_hash, (SELECT max(occurrence) FROM webhooks
          WHERE delivery_id = '' AND source = asked.source AND body_hash = asked.body_hash) FROM asked)
        SELECT w.id, w.source, w.body_hash, w.occurrence, w.received_at, w.status, w.mapping_version
        FROM newest CROSS JOIN webhooks w WHERE w.delivery_id = '' AND w.source = newest.source
          AND w.body_hash = newest.body_hash AND w.occurrence > newest.occurrence - ${sql.literal(String(maxOccurrences))}
        ORDER BY w.occurrence DESC`,
      (found) => {
        const rows = Map.groupBy(found, (row) => keyOf([row.source, row.body_hash]))
        return all.map((one) => {
          const [last, ...others] = rows.get(keyOf(contentOf(one))) ?? []
          if (last === undefined) return { one, place: foremost }
          const earlier = [last, ...others].find((row) => isRetry(one, row))
          if (earlier !== undefined) return { one, duplicateOf: earlier.id }
          return { one, place: { firstWebhook: null, occurrence: last.occurrence + 1 } }
        })
      }
    )

  /**
   * Finds retries of webhooks that a version before `body_hash` stored under the hash of the body. Free if no such row
   * is recent enough.
   */
  const former = Effect.fnUntraced(function* (all: ReadonlyArray<Incoming>) {
    const possible = all.filter(
      ({ deliveryId, receivedAt, webhook }) =>
        deliveryId === "" && receivedAt - windowOf(webhook) < unhashedUntil
    )
    if (possible.length === 0) return []
    const ids = new Map(possible.map((one) => [one, formerId(one.webhook.source, one.webhook.body)]))
    const idOf = (one: Incoming) => [one.webhook.source, ids.get(one) ?? ""] as const
    const found = yield* sql<
      Earlier & { delivery_id: string }
    >`SELECT id, source, delivery_id, received_at, status, mapping_version FROM webhooks
      WHERE first_webhook IS NULL AND delivery_id <> '' AND body_hash = ''
        AND (source, delivery_id) IN (VALUES ${pairs(sql, possible, idOf)})`
    const rows = new Map(found.map((row) => [keyOf([row.source, row.delivery_id]), row]))
    return possible.flatMap((one) => {
      const row = rows.get(keyOf(idOf(one)))
      return row !== undefined && isRetry(one, row) ? [{ one, duplicateOf: row.id }] : []
    })
  })

  return { newest, former }
}

const contentOf = ({ webhook, hash }: Incoming) => [webhook.source, hash] as const

const windowOf = ({ dedupeWindow }: NewWebhook): number => Duration.toMillis(dedupeWindow ?? defaultWindow)

const isRetry = ({ webhook, receivedAt }: Incoming, row: Earlier): boolean =>
  Math.abs(receivedAt - row.received_at) < windowOf(webhook) && isMappedAlike(webhook, row)

/** An unmapped webhook will be mapped like the retry. */
const isMappedAlike = ({ mappingVersion }: NewWebhook, { status, mapping_version }: Earlier): boolean =>
  status === "received" ||
  status === "held" ||
  mapping_version === null ||
  mappingVersion === undefined ||
  mapping_version === text(mappingVersion)
