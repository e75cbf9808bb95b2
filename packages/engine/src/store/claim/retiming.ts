/** Corrects the stored times of a Spot after a change of its clock. */
import { Duration, Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import * as Budget from "../../ports/Budget.ts"
import type { ClaimOptions } from "../../ports/Claiming.ts"
import { toChange } from "../rows/locks.ts"
import { wholeMillis } from "../rows/store.ts"

/** The longest time between two probes while the upstream refuses the key. */
export const maxProbeInterval = Duration.minutes(15)

/** The longest time between two probes of a parked Live. */
export const maxLiveProbeInterval = Duration.hours(1)

/** The longest time that an invitation waits, unless the dispatcher gives another. */
const standardWait = Duration.hours(1)

const locked = (sql: SqlClient.SqlClient, where: Statement.Fragment) =>
  sql`WITH locked AS MATERIALIZED (SELECT id FROM invitations WHERE ${where} ORDER BY id ${sql.literal(toChange(sql))})`

export const retiming = (sql: SqlClient.SqlClient) => ({
  /**
   * Shifts all times after the clock changed while this relay was dispatching: every wait and every window keeps its
   * length.
   */
  shift: Effect.fnUntraced(function* (spot: string, by: number) {
    yield* sql`UPDATE reservations SET started_at = started_at + ${by}, ends_at = ends_at + ${by} WHERE spot = ${spot}`
    // Those that are ready would have no wait until the clock shows this time again.
    const states = by < 0 ? ["scheduled", "available"] : ["scheduled"]
    yield* sql`${locked(sql, sql`spot = ${spot} AND ${sql.in("state", states)}`)}
      UPDATE invitations SET due_at = due_at + ${by} WHERE id IN (SELECT id FROM locked)`
    yield* sql`UPDATE parked_lives SET since = since + ${by}, until = until + ${by} WHERE spot = ${spot}`
    yield* sql`UPDATE spots SET paused_at = paused_at + ${by}, probe_at = probe_at + ${by},
        cooldown_until = CASE WHEN cooldown_until > 0 THEN cooldown_until + ${by} ELSE cooldown_until END,
        cooldown_since = cooldown_since + ${by}, probing_until = probing_until + ${by},
        circuit_since = circuit_since + ${by}, circuit_until = circuit_until + ${by}
      WHERE name = ${spot}`
  }),

  /** Limits times that another process has stored: a time that is too far ahead becomes now. */
  clamp: Effect.fnUntraced(function* ({ spot, lease, maxWait = standardWait }: ClaimOptions, now: number) {
    const leased = now + wholeMillis(lease)
    const waits = now + wholeMillis(Duration.max(maxWait, maxLiveProbeInterval))
    const probed = now + wholeMillis(maxProbeInterval)
    const tried = now + wholeMillis(maxLiveProbeInterval)
    yield* sql`UPDATE reservations SET started_at = ${now}, ends_at = ${now} + ends_at - started_at
      WHERE spot = ${spot} AND ends_at > ${now} AND started_at > ${now}`
    yield* sql`UPDATE reservations SET ends_at = ${leased} WHERE spot = ${spot} AND ends_at > ${leased}`
    const ahead = sql`spot = ${spot} AND state = 'scheduled' AND due_at > ${Math.min(leased, waits)}
      AND (status = 'sending' AND due_at > ${leased} OR status = 'pending' AND due_at > ${waits})`
    // Who waits for the beginning of a Live is not sent before it was read.
    yield* sql`${locked(sql, ahead)} UPDATE invitations SET due_at = CASE
        WHEN status = 'sending' THEN ${leased} WHEN expires_with_live = 2 THEN ${waits} ELSE ${now} END
      WHERE id IN (SELECT id FROM locked)`
    yield* sql`UPDATE parked_lives SET until = ${now} WHERE spot = ${spot} AND until > ${tried}`
    yield* sql`UPDATE parked_lives SET since = ${now} WHERE spot = ${spot} AND since > ${now}`
    yield* sql`UPDATE spots SET cooldown_until = ${now} WHERE name = ${spot} AND cooldown_until > ${waits}`
    yield* sql`UPDATE spots SET cooldown_since = ${now} WHERE name = ${spot} AND cooldown_since > ${now}`
    yield* sql`UPDATE spots SET probing_until = ${now} WHERE name = ${spot} AND probing_until > ${leased}`
    yield* sql`UPDATE spots SET circuit_until = ${now} WHERE name = ${spot} AND circuit_until > ${waits}`
    yield* sql`UPDATE spots SET circuit_since = ${now} WHERE name = ${spot} AND circuit_since > ${now}`
    yield* sql`UPDATE spots SET probe_at = ${now} WHERE name = ${spot} AND probe_at > ${probed}`
    yield* sql`UPDATE spots SET paused_at = ${now} WHERE name = ${spot} AND paused_at > ${now}`
  }),

  /**
   * Renews the calls of the last short window, as if they had just ended, because the system clock may have changed
   * while this process did not run.
   */
  renew: Effect.fnUntraced(function* (spot: string, limits: Budget.Limits, now: number) {
    const window = Math.min(...Budget.windows(limits).map(({ millis }) => millis))
    yield* sql`UPDATE reservations SET ends_at = ${now} WHERE spot = ${spot} AND ends_at < ${now}
      AND ends_at > (SELECT max(started_at) FROM reservations WHERE spot = ${spot}) - ${window}`
  })
})
