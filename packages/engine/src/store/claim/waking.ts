/** What is due by now, what is not any more, and when the next of either will be. */
import { DateTime, Effect } from "effect"
import { counting } from "../rows/counting.ts"
import { limited, skipLocked, type Store } from "../rows/store.ts"
import { serverNow } from "../rows/timeline.ts"

/** How many rows a claim tidies up on its way, so that its cost does not grow with what is there. */
export const stretch = 500

export const waking = ({ sql, events, ended, isDatabaseClock }: Store) => {
  const count = counting(sql)
  const skip = skipLocked(sql, "invitations")
  const now = sql.literal(isDatabaseClock ? serverNow : "NULL")

  /** In the order of an index, or Postgres reads the table. Found at the heads of three, whatever is behind. */
  const headColumns = (spot: string) => sql`${now} AS now,
    (SELECT due_at FROM invitations WHERE spot = ${spot} AND ready = 1
      ORDER BY lane, source, batch, due_at, id LIMIT 1) AS ready,
    (SELECT due_at FROM invitations WHERE spot = ${spot} AND ready = 0 ORDER BY due_at, id LIMIT 1) AS waiting,
    (SELECT expires_at FROM invitations WHERE spot = ${spot} AND status = 'pending' AND expires_at < 9007199254740991
      ORDER BY expires_at LIMIT 1) AS expiring`

  return {
    /** What may not be sent any more; how many. */
    expire: Effect.fnUntraced(function* (spot: string, now: number) {
      const expired = yield* sql<Expired>`WITH over AS MATERIALIZED (
          SELECT id FROM invitations
          WHERE spot = ${spot} AND status = 'pending' AND expires_at < 9007199254740991 AND expires_at <= ${now}
          ORDER BY expires_at ${limited(sql, stretch)} ${skip})
        UPDATE invitations SET status = 'expired', ready = NULL, settled_at = ${now} WHERE id IN (SELECT id FROM over) RETURNING id, live_id, source`
      yield* count(
        expired.map(({ source }) => ({ source, name: "expired" })),
        now
      )
      ended(spot, "expired", expired.length)
      // Told a moment before the commit: whoever looks again looks again.
      yield* events.tell(() =>
        expired.map(({ id, live_id: liveId }) => ({
          type: "invitation",
          id,
          spot,
          liveId,
          status: "expired"
        }))
      )
      return expired.length
    }),

    /** What has waited for its time, and what a dispatcher that died has left; how many. */
    wake: (spot: string, now: number) =>
      Effect.map(
        sql`WITH due AS MATERIALIZED (
          SELECT id FROM invitations WHERE spot = ${spot} AND ready = 0 AND due_at <= ${now}
          ORDER BY due_at, id ${limited(sql, stretch)} ${skip})
        UPDATE invitations SET status = 'pending', ready = 1, lost_lease = COALESCE(lease, lost_lease), lease = NULL
        WHERE id IN (SELECT id FROM due) RETURNING id`,
        ({ length }) => length
      ),

    headColumns,
    headsOf,
    heads: (spot: string) =>
      Effect.map(sql<HeadRow>`SELECT ${headColumns(spot)}`, ([found]) => headsOf(found))
  }
}

export interface HeadRow extends Record<"now" | "ready" | "waiting" | "expiring", number | null> {}

/** Times of what is at the head of each queue; `Infinity` where there is none. */
const headsOf = (found: HeadRow | undefined) => {
  const at = (time: number | null | undefined) => time ?? Infinity
  return {
    /** By the database's clock; null where it is not asked. */
    now: found?.now == null ? null : found.now,
    ready: at(found?.ready),
    waiting: at(found?.waiting),
    expiring: at(found?.expiring)
  }
}

interface Expired {
  readonly id: string
  readonly live_id: string
  readonly source: string
}

/** `Infinity` is never. */
export const timeAt = (millis: number): DateTime.Utc | undefined =>
  millis === Infinity ? undefined : DateTime.makeUnsafe(millis)
