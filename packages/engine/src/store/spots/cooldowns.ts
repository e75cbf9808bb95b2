/** Begins, extends and ends the waits of a Spot that the upstream asked for, in the table `spots`. */
import { Duration, Effect } from "effect"
import type { SpotStatus } from "@usher/model/Spot"
import type { SpotControl } from "../../ports/SpotControl.ts"
import { ensureSpot, idsOf, limited, onPostgres, skipLocked, type Store, wholeMillis } from "../rows/store.ts"
import { timing } from "../rows/timeline.ts"
import { retried, transaction, toInboxUnavailable } from "../rows/transaction.ts"
import type { SpotRow } from "./spotRow.ts"

/** The most invitations that one step makes due, so that other work runs in between. */
const batchSize = 500

/** The wait does not grow after this many refusals, whatever the policy. */
const maxRefusals = 1_000

export const remaining = "MeltingSpot says that no calls remain"
export const limiting = "MeltingSpot limits the rate (429)"

type Cooldowns = Pick<
  SpotControl["Service"],
  "cooldown" | "refused" | "recovered" | "deferProbe" | "setCircuit" | "isCircuitOpen" | "resume"
>

export const cooling = ({ sql, signals, events, isDatabaseClock }: Store): Cooldowns => {
  const lock = onPostgres(sql, "FOR UPDATE")
  const skip = skipLocked(sql, "invitations")
  const { at: timeOf } = timing(sql, isDatabaseClock)

  const open = Effect.fnUntraced(function* (spot: string) {
    const now = yield* timeOf(spot)
    yield* ensureSpot(sql, spot)
    const [row] = yield* sql<SpotRow>`SELECT * FROM spots WHERE name = ${spot} ${lock}`
    return { now, ...(row ?? { cooldown_until: 0, cooldown_since: null, refusals: 0, paused_by: null }) }
  })

  const write = (spot: string, since: number, until: number, reason: string, refusals: number) =>
    sql`UPDATE spots SET cooldown_since = ${since}, cooldown_until = ${until}, cooldown_reason = ${reason}, refusals = ${refusals}
      WHERE name = ${spot}`

  const announce = (spot: string, state: SpotStatus) => events.emit(() => [{ type: "spot", spot, state }])

  /** Ends everything that holds up the Spot. Returns whether anything did. */
  const release = Effect.fnUntraced(function* (spot: string) {
    const now = yield* timeOf(spot)
    const held =
      yield* sql`UPDATE spots SET paused_at = NULL, paused_by = NULL, reason = NULL, probe_at = NULL,
          cooldown_until = 0, cooldown_since = NULL, cooldown_reason = NULL, refusals = 0, probing_until = NULL,
          circuit_since = NULL, circuit_until = NULL
        WHERE name = ${spot} AND (paused_at IS NOT NULL OR cooldown_until > ${now}
          OR refusals > 0 OR probing_until IS NOT NULL OR circuit_since IS NOT NULL) RETURNING name`
    return held.length > 0
  }, retried)

  /**
   * Makes a batch of waiting invitations due, after the last one of the batch before. Parked Lives stay parked, and who
   * waits for the beginning of a Live waits on.
   */
  const makeDue = Effect.fnUntraced(function* (spot: string, after: readonly [dueAt: number, id: string]) {
    const now = yield* timeOf(spot)
    const found = yield* sql<{ id: string; due_at: number }>`SELECT id, due_at FROM invitations
          WHERE spot = ${spot} AND state = 'scheduled' AND (due_at, id) > (${after[0]}, ${after[1]})
          ORDER BY due_at, id ${limited(sql, batchSize)}`
    const last = found.at(-1)
    if (last === undefined) return undefined
    yield* sql`WITH waiting AS MATERIALIZED (SELECT id FROM invitations
            WHERE ${sql.in("id", idsOf(found))} AND spot = ${spot} AND status = 'pending' AND state = 'scheduled'
              AND expires_with_live <> 2 AND live_id NOT IN (SELECT live_id FROM parked_lives WHERE parked_lives.spot = ${spot})
            ORDER BY id ${skip})
          UPDATE invitations SET state = 'available', due_at = ${now} WHERE id IN (SELECT id FROM waiting)`
    return [last.due_at, last.id] as const
  }, transaction(sql))

  return {
    cooldown: Effect.fnUntraced(
      function* (spot, wait) {
        const { now, ...row } = yield* open(spot)
        const until = now + wholeMillis(wait)
        if (until <= row.cooldown_until) return
        const isOver = row.refusals === 0 && row.cooldown_until <= now
        const since = isOver ? now : (row.cooldown_since ?? now)
        yield* write(spot, since, until, row.refusals > 0 ? limiting : remaining, row.refusals)
      },
      transaction(sql),
      toInboxUnavailable
    ),

    /**
     * Records a 429. The first one begins the cooldown, and one that answers a probe extends the next wait. Others
     * belong to calls that began before the cooldown.
     */
    refused: Effect.fnUntraced(
      function* (spot, { isProbe, requestedWait, waitAfter }) {
        const { now, ...row } = yield* open(spot)
        const began = row.refusals === 0
        const counts = began || isProbe
        const refusals = counts ? Math.min(row.refusals + 1, maxRefusals) : row.refusals
        const wait = counts ? waitAfter(refusals) : (requestedWait ?? Duration.zero)
        const until = Math.max(row.cooldown_until, now + wholeMillis(wait))
        yield* write(spot, began ? now : (row.cooldown_since ?? now), until, limiting, refusals)
        if (isProbe) yield* sql`UPDATE spots SET probing_until = NULL WHERE name = ${spot}`
        return { began, wait: Duration.millis(Math.max(0, until - now)) }
      },
      transaction(sql),
      toInboxUnavailable,
      (effect, spot) => Effect.tap(effect, ({ began }) => (began ? announce(spot, "cooldown") : Effect.void))
    ),

    /** Records an accepted probe: ends a cooldown and a pause by the upstream, but not one by an operator. */
    recovered: Effect.fnUntraced(
      function* (spot) {
        const { now, ...row } = yield* open(spot)
        const resumed = row.paused_by === "upstream"
        if (resumed) {
          yield* sql`UPDATE spots SET paused_at = NULL, paused_by = NULL, reason = NULL, probe_at = NULL WHERE name = ${spot}`
        }
        // The accepted answer itself may say that no calls remain.
        const asksToWait = row.cooldown_until > now
        yield* sql`UPDATE spots SET refusals = 0, probing_until = NULL,
            cooldown_since = CASE WHEN ${asksToWait ? 1 : 0} = 1 THEN CAST(${now} AS BIGINT) END,
            cooldown_reason = CASE WHEN ${asksToWait ? 1 : 0} = 1 THEN CAST(${remaining} AS TEXT) END
          WHERE name = ${spot}`
        return { resumed, cooledDown: row.refusals > 0 }
      },
      transaction(sql),
      toInboxUnavailable,
      (effect, spot) =>
        Effect.tap(effect, ({ resumed, cooledDown }) =>
          Effect.andThen(
            signals.publish("due"),
            resumed || cooledDown ? announce(spot, "active") : Effect.void
          )
        )
    ),

    /** Schedules another probe after one that showed nothing or was not made: after the same wait, or now. */
    deferProbe: Effect.fnUntraced(
      function* (spot, waitAfter) {
        const { now, refusals, cooldown_until } = yield* open(spot)
        if (refusals === 0) return
        const wait = waitAfter === undefined ? 0 : wholeMillis(waitAfter(refusals))
        yield* sql`UPDATE spots SET cooldown_until = ${Math.max(cooldown_until, now + wait)}, probing_until = NULL WHERE name = ${spot}`
      },
      transaction(sql),
      toInboxUnavailable
    ),

    setCircuit: Effect.fnUntraced(function* (spot, open) {
      const now = yield* timeOf(spot)
      const changed =
        open === null
          ? yield* sql`UPDATE spots SET circuit_since = NULL, circuit_until = NULL
              WHERE name = ${spot} AND circuit_since IS NOT NULL RETURNING name`
          : yield* sql`UPDATE spots SET circuit_since = COALESCE(circuit_since, ${now}), circuit_until = ${now + wholeMillis(open)}
              WHERE name = ${spot} RETURNING name`
      if (changed.length > 0) yield* announce(spot, open === null ? "active" : "circuit_open")
    }, toInboxUnavailable),

    isCircuitOpen: (spot) =>
      sql`SELECT name FROM spots WHERE name = ${spot} AND circuit_since IS NOT NULL`.pipe(
        Effect.map(({ length }) => length > 0),
        toInboxUnavailable
      ),

    resume: Effect.fnUntraced(function* (spot) {
      const wasHeld = yield* release(spot)
      let last = yield* makeDue(spot, [-1, ""])
      while (last !== undefined) {
        yield* Effect.yieldNow
        last = yield* makeDue(spot, last)
      }
      yield* signals.publish("due")
      if (wasHeld) yield* announce(spot, "active")
      return wasHeld
    }, toInboxUnavailable)
  }
}
