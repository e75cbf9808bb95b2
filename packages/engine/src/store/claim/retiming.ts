/** Stored times of a Spot that its clock has overtaken, or left too far ahead. */
import { Duration, Effect } from "effect"
import type { SqlClient } from "effect/sql"
import * as Budget from "../../ports/Budget.ts"
import type { ClaimOptions } from "../../ports/Claiming.ts"
import { wholeMillis } from "../rows/store.ts"

/** An upstream that refuses the key is probed after this long at most. */
export const slowestProbe = Duration.minutes(15)

/** A parked Live is tried again after this long at most. */
export const slowestTrial = Duration.hours(1)

/** The longest that an invitation waits, where the dispatcher does not say. */
const standardWait = Duration.hours(1)

export const retiming = (sql: SqlClient.SqlClient) => ({
  /** The clock was set while this relay dispatched: every wait goes on as it was, and every call counts for as long. */
  shift: Effect.fnUntraced(function* (spot: string, by: number) {
    yield* sql`UPDATE spends SET started_at = started_at + ${by}, ends_at = ends_at + ${by} WHERE spot = ${spot}`
    yield* sql`UPDATE invitations SET due_at = due_at + ${by} WHERE spot = ${spot} AND ready = 0`
    // Else they would seem to wait for nothing until the clock shows this time again.
    if (by < 0) yield* sql`UPDATE invitations SET due_at = due_at + ${by} WHERE spot = ${spot} AND ready = 1`
    yield* sql`UPDATE parked_lives SET since = since + ${by}, until = until + ${by} WHERE spot = ${spot}`
    yield* sql`UPDATE spots SET paused_at = paused_at + ${by}, probe_at = probe_at + ${by},
        rests_until = CASE WHEN rests_until > 0 THEN rests_until + ${by} ELSE rests_until END,
        cooldown_since = cooldown_since + ${by}, probing_until = probing_until + ${by},
        circuit_since = circuit_since + ${by}, circuit_until = circuit_until + ${by}
      WHERE name = ${spot}`
  }),

  /** What another process has stored lies no further ahead than it can; if it does, it counts as now. */
  clamp: Effect.fnUntraced(function* (
    { spot, lease, longestWait = standardWait }: ClaimOptions,
    now: number
  ) {
    const leased = now + wholeMillis(lease)
    const waits = now + wholeMillis(Duration.max(longestWait, slowestTrial))
    const probed = now + wholeMillis(slowestProbe)
    const tried = now + wholeMillis(slowestTrial)
    yield* sql`UPDATE spends SET started_at = ${now}, ends_at = ${now} + ends_at - started_at
      WHERE spot = ${spot} AND ends_at > ${now} AND started_at > ${now}`
    yield* sql`UPDATE spends SET ends_at = ${leased} WHERE spot = ${spot} AND ends_at > ${leased}`
    yield* sql`UPDATE invitations SET due_at = ${leased}
      WHERE spot = ${spot} AND ready = 0 AND due_at > ${leased} AND status = 'sending'`
    yield* sql`UPDATE invitations SET due_at = ${now}
      WHERE spot = ${spot} AND ready = 0 AND due_at > ${waits} AND status = 'pending'`
    yield* sql`UPDATE parked_lives SET until = ${now} WHERE spot = ${spot} AND until > ${tried}`
    yield* sql`UPDATE parked_lives SET since = ${now} WHERE spot = ${spot} AND since > ${now}`
    yield* sql`UPDATE spots SET rests_until = ${now} WHERE name = ${spot} AND rests_until > ${waits}`
    yield* sql`UPDATE spots SET cooldown_since = ${now} WHERE name = ${spot} AND cooldown_since > ${now}`
    yield* sql`UPDATE spots SET probing_until = ${now} WHERE name = ${spot} AND probing_until > ${leased}`
    yield* sql`UPDATE spots SET circuit_until = ${now} WHERE name = ${spot} AND circuit_until > ${waits}`
    yield* sql`UPDATE spots SET circuit_since = ${now} WHERE name = ${spot} AND circuit_since > ${now}`
    yield* sql`UPDATE spots SET probe_at = ${now} WHERE name = ${spot} AND probe_at > ${probed}`
    yield* sql`UPDATE spots SET paused_at = ${now} WHERE name = ${spot} AND paused_at > ${now}`
  }),

  /**
   * Nobody knows how long this process was not there: the system clock may have been set meanwhile. The calls of the last
   * short window count as if they had ended just now.
   */
  renew: Effect.fnUntraced(function* (spot: string, limits: Budget.Limits, now: number) {
    const window = Math.min(...Budget.windows(limits).map(({ millis }) => millis))
    yield* sql`UPDATE spends SET ends_at = ${now} WHERE spot = ${spot} AND ends_at < ${now}
      AND ends_at > (SELECT max(started_at) FROM spends WHERE spot = ${spot}) - ${window}`
  })
})
