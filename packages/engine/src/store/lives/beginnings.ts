/** When Lives begin, for the invitations that expire with them. */
import { Duration, Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { Asked } from "../map/requests.ts"
import { chunks } from "../rows/manyRows.ts"
import { unread } from "../rows/store.ts"

/** How long a beginning that has come is believed before it is read again. */
const fresh = Duration.toMillis("1 hour")

/** How long an invitation waits at most until the beginning of its Live is read. */
export const maxWait = Duration.toMillis("1 hour")

/** Of the row `lives`: whether it was read since it began, and not long ago. */
export const hasBegun = (sql: SqlClient.SqlClient, now: number) =>
  sql`lives.starts_at <= ${now} AND lives.read_at >= lives.starts_at AND lives.read_at > ${now - fresh}`

interface Beginning {
  readonly spot: string
  readonly live_id: string
  readonly starts_at: number
  readonly begun: number | boolean
  readonly read_at: number | null
}

/**
 * Reads when the Lives of these requests begin: `never` if the read failed, `unread` if nobody has read it, or not since
 * it has come. The next claim has it read first.
 */
export const beginnings = (sql: SqlClient.SqlClient) =>
  Effect.fnUntraced(function* (asked: ReadonlyArray<Asked>, now: number) {
    const wanted = new Map(
      asked
        .filter(({ terms }) => terms.expiresWithLive === true)
        .map(({ terms: { spot }, invitation: { liveId } }) => [keyOf(spot, liveId), { spot, liveId }])
    )
    const known = new Map<string, number>()
    for (const chunk of chunks([...wanted.values()])) {
      const found =
        yield* sql<Beginning>`SELECT spot, live_id, starts_at, read_at, ${hasBegun(sql, now)} AS begun FROM lives
        WHERE (spot, live_id) IN (VALUES ${sql.csv(chunk.map(({ spot, liveId }) => sql`(${spot}, ${liveId})`))})`
      for (const { spot, live_id, starts_at, read_at, begun } of found) {
        const isKnown = read_at !== null && (starts_at > now || Boolean(begun))
        known.set(keyOf(spot, live_id), isKnown ? starts_at : unread)
      }
    }
    return ({ terms: { spot }, invitation: { liveId } }: Asked) => known.get(keyOf(spot, liveId)) ?? unread
  })

const keyOf = (spot: string, liveId: string) => JSON.stringify([spot, liveId])
