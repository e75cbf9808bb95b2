/**
 * Which deliveries go when a source has more in quarantine than it may. Its clients share the bounds equally: a client that
 * holds more than its share makes room by itself; otherwise the client that holds most does. So nobody who sends from one
 * address pushes out what came from another.
 */
import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { skipLocked } from "../rows/store.ts"

export interface Holding {
  readonly client: string
  readonly deliveries: number
  readonly bytes: number
}

/** What a source may have, in deliveries and bytes of their bodies. */
export interface Most {
  readonly deliveries: number
  readonly bytes: number
}

export type Beyond = "deliveries" | "size"

/** Who makes room, and beyond which bound the source is; nobody where it is within both. */
export const whoMakesRoom = (
  holdings: ReadonlyArray<Holding>,
  most: Most,
  client: string
): { readonly client: string; readonly beyond: Beyond } | undefined => {
  for (const [unit, beyond] of [
    ["deliveries", "deliveries"],
    ["bytes", "size"]
  ] as const) {
    const total = holdings.reduce((sum, holding) => sum + holding[unit], 0)
    if (total <= most[unit]) continue
    const own = holdings.find((holding) => holding.client === client)?.[unit] ?? 0
    if (own > most[unit] / holdings.length) return { client, beyond }
    const largest = holdings.reduce((one, other) => (other[unit] > one[unit] ? other : one))
    return { client: largest.client, beyond }
  }
  return undefined
}

/**
 * Deletes what is beyond the bounds after the client's delivery was kept, oldest first. What went, and beyond which bound.
 * Waits for no row that another transaction has locked: its own delivery's row is locked by now.
 */
export const evicting = (sql: SqlClient.SqlClient, most: Most) =>
  Effect.fnUntraced(function* (
    source: string,
    client: string
  ): Effect.fn.Return<ReadonlyArray<{ readonly id: string; readonly beyond: Beyond }>, SqlError.SqlError> {
    const counted =
      yield* sql<Holding>`SELECT client, count(*) AS deliveries, CAST(sum(size) AS BIGINT) AS bytes
      FROM quarantined WHERE source = ${source} GROUP BY client`
    const holdings = new Map(counted.map((holding) => [holding.client, holding]))
    const gone: Array<{ readonly id: string; readonly beyond: Beyond }> = []
    for (;;) {
      const who = whoMakesRoom([...holdings.values()], most, client)
      if (who === undefined) return gone
      const [oldest] = yield* sql<{ id: string; size: number }>`DELETE FROM quarantined WHERE id =
        (SELECT id FROM quarantined WHERE source = ${source} AND client = ${who.client} ORDER BY last_at, id LIMIT 1 ${skipLocked(sql, "quarantined")})
        RETURNING id, size`
      const held = holdings.get(who.client)
      // Another relay was faster.
      if (oldest === undefined || held === undefined) return gone
      gone.push({ id: oldest.id, beyond: who.beyond })
      const left = { ...held, deliveries: held.deliveries - 1, bytes: held.bytes - oldest.size }
      if (left.deliveries <= 0) holdings.delete(who.client)
      else holdings.set(who.client, left)
    }
  })
