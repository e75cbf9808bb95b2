/**
 * Evicts deliveries of a source whose quarantine exceeds its bounds. Its clients share the bounds equally: a client
 * beyond its share loses its own deliveries; otherwise the largest client does. So one address can't push out the
 * deliveries of another.
 */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { skipLocked } from "../rows/store.ts"

export interface Holding {
  readonly client: string
  readonly deliveries: number
  readonly bytes: number
}

/** The bounds of a source. */
export interface Bounds {
  readonly deliveries: number
  readonly bytes: number
}

export type Bound = "deliveries" | "size"

/** Which client loses a delivery, and which bound is exceeded; undefined within both bounds. */
export const whoMakesRoom = (
  holdings: ReadonlyArray<Holding>,
  most: Bounds,
  client: string
): { readonly client: string; readonly bound: Bound } | undefined => {
  for (const [unit, bound] of [
    ["deliveries", "deliveries"],
    ["bytes", "size"]
  ] as const) {
    const total = holdings.reduce((sum, holding) => sum + holding[unit], 0)
    if (total <= most[unit]) continue
    const own = holdings.find((holding) => holding.client === client)?.[unit] ?? 0
    if (own > most[unit] / holdings.length) return { client, bound }
    const largest = holdings.reduce((one, other) => (other[unit] > one[unit] ? other : one))
    return { client: largest.client, bound }
  }
  return undefined
}

/**
 * Deletes the oldest deliveries beyond the bounds, after the client's delivery was stored. Returns what it deleted, and
 * why. It skips rows that other transactions have locked, because its own new row is already locked.
 */
export const evicting = (sql: SqlClient.SqlClient, most: Bounds) =>
  Effect.fnUntraced(function* (source: string, client: string) {
    const counted =
      yield* sql<Holding>`SELECT client, count(*) AS deliveries, CAST(sum(size) AS BIGINT) AS bytes
      FROM quarantined WHERE source = ${source} GROUP BY client`
    const holdings = new Map(counted.map((holding) => [holding.client, holding]))
    const gone: Array<{ readonly id: string; readonly bound: Bound }> = []
    for (;;) {
      const who = whoMakesRoom([...holdings.values()], most, client)
      if (who === undefined) return gone
      const [oldest] = yield* sql<{ id: string; size: number }>`DELETE FROM quarantined WHERE id =
        (SELECT id FROM quarantined WHERE source = ${source} AND client = ${who.client} ORDER BY last_at, id LIMIT 1 ${skipLocked(sql, "quarantined")})
        RETURNING id, size`
      const held = holdings.get(who.client)
      // Another relay was faster.
      if (oldest === undefined || held === undefined) return gone
      gone.push({ id: oldest.id, bound: who.bound })
      const left = { ...held, deliveries: held.deliveries - 1, bytes: held.bytes - oldest.size }
      if (left.deliveries <= 0) holdings.delete(who.client)
      else holdings.set(who.client, left)
    }
  })
