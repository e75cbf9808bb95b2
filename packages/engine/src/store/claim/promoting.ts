/** Makes due invitations ready, expires old ones, and finds when the next of either is due. */
import { DateTime, Effect } from "effect"
import { hasBegun, maxWait } from "../lives/beginnings.ts"
import { counting } from "../rows/counting.ts"
import { toChange } from "../rows/locks.ts"
import { limited, skipLocked, type Store, unread } from "../rows/store.ts"
import { serverNow } from "../rows/timeline.ts"

/** The most rows that a claim promotes or expires, so that its cost does not grow with the backlog. */
export const sweepSize = 500

export const promoting = ({ sql, events, countTerminal, isDatabaseClock }: Store) => {
  const count = counting(sql)
  const skip = skipLocked(sql, "invitations")
  const now = sql.literal(isDatabaseClock ? serverNow : "NULL")

  /** The order matches an index, or Postgres would read the table. Each subquery reads one row of its index. */
  const dueColumns = (spot: string) => sql`${now} AS now,
    (SELECT due_at FROM invitations WHERE spot = ${spot} AND state = 'available'
      ORDER BY lane, source, batch_key, due_at, id LIMIT 1) AS ready,
    (SELECT due_at FROM invitations WHERE spot = ${spot} AND state = 'scheduled' ORDER BY due_at, id LIMIT 1) AS waiting,
    (SELECT expires_at FROM invitations WHERE spot = ${spot} AND status = 'pending' AND expires_at < 9007199254740991
      ORDER BY expires_at LIMIT 1) AS expiring`

  const over = (spot: string, now: number) => sql`SELECT id FROM invitations
    WHERE spot = ${spot} AND status = 'pending' AND expires_at < 9007199254740991 AND expires_at <= ${now}
    ORDER BY expires_at ${limited(sql, sweepSize)} ${skip}`

  const isCertain = (
    now: number
  ) => sql`(expires_with_live = 0 OR expires_at <> ${unread} AND EXISTS (SELECT 1 FROM lives
    WHERE lives.spot = invitations.spot AND lives.live_id = invitations.live_id AND ${hasBegun(sql, now)}))`

  /** Has the beginnings of Lives read again, before invitations expire with them. Returns how many of these wait for it. */
  const readAgain = Effect.fnUntraced(function* (spot: string, now: number) {
    const waiting = yield* sql<{ live_id: string }>`WITH over AS MATERIALIZED (${over(spot, now)})
      UPDATE invitations SET state = 'scheduled', due_at = ${now + maxWait}, expires_at = 9007199254740991, expires_with_live = 2
      WHERE id IN (SELECT id FROM over) AND NOT ${isCertain(now)} RETURNING live_id`
    if (waiting.length > 0) {
      const lives = sql.in("live_id", [...new Set(waiting.map(({ live_id }) => live_id))])
      yield* sql`WITH locked AS MATERIALIZED (SELECT live_id FROM lives WHERE spot = ${spot} AND ${lives}
          ORDER BY live_id ${sql.literal(toChange(sql))})
        UPDATE lives SET read_again_at = 0 WHERE spot = ${spot} AND live_id IN (SELECT live_id FROM locked)`
    }
    return waiting.length
  })

  return {
    /** Expires invitations past their deadline. Returns how many rows it changed. */
    sweepExpired: Effect.fnUntraced(function* (spot: string, now: number) {
      const waiting = yield* readAgain(spot, now)
      const expired = yield* sql<Expired>`WITH over AS MATERIALIZED (${over(spot, now)})
        UPDATE invitations SET status = 'expired', state = 'finished', settled_at = ${now}
        WHERE id IN (SELECT id FROM over) AND ${isCertain(now)} RETURNING id, live_id, source`
      yield* count(
        expired.map(({ source }) => ({ source, name: "expired" })),
        now
      )
      countTerminal(spot, "expired", expired.length)
      // Emitted just before the commit; a reader that is too early reads again.
      yield* events.emit(() =>
        expired.map(({ id, live_id: liveId }) => ({
          type: "invitation",
          id,
          spot,
          liveId,
          status: "expired"
        }))
      )
      return waiting + expired.length
    }),

    /**
     * Has invitations that wait for the beginning of their Live wait on, because a Spot that is held up can't read it.
     * Returns how many.
     */
    waitOn: (spot: string, now: number) =>
      Effect.map(
        sql`WITH due AS MATERIALIZED (
          SELECT id FROM invitations
          WHERE spot = ${spot} AND state = 'scheduled' AND due_at <= ${now} AND expires_with_live = 2
          ORDER BY due_at, id ${limited(sql, sweepSize)} ${skip})
        UPDATE invitations SET due_at = ${now + maxWait} WHERE id IN (SELECT id FROM due) RETURNING id`,
        ({ length }) => length
      ),

    /** Makes ready what is due now, including what a dead dispatcher had leased. Returns how many. */
    promote: (spot: string, now: number) =>
      Effect.map(
        sql`WITH due AS MATERIALIZED (
          SELECT id FROM invitations WHERE spot = ${spot} AND state = 'scheduled' AND due_at <= ${now}
          ORDER BY due_at, id ${limited(sql, sweepSize)} ${skip})
        UPDATE invitations SET status = 'pending', state = 'available', lost_lease_token = COALESCE(lease_token, lost_lease_token), lease_token = NULL
        WHERE id IN (SELECT id FROM due) RETURNING id`,
        ({ length }) => length
      ),

    dueColumns: dueColumns,
    dueTimesOf: dueTimesOf,
    dueTimes: (spot: string) =>
      Effect.map(sql<DueRow>`SELECT ${dueColumns(spot)}`, ([found]) => dueTimesOf(found))
  }
}

export interface DueRow extends Record<"now" | "ready" | "waiting" | "expiring", number | null> {}

/** The earliest time in each queue; `Infinity` if it is empty. */
const dueTimesOf = (found: DueRow | undefined) => {
  const at = (time: number | null | undefined) => time ?? Infinity
  return {
    /** The database's clock; null if dispatchers do not use it. */
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

/** Returns undefined for `Infinity`, which means never. */
export const timeAt = (millis: number): DateTime.Utc | undefined =>
  millis === Infinity ? undefined : DateTime.makeUnsafe(millis)
