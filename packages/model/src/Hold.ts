/**
 * Why a Spot does not send: a pause, a cooldown, or its open circuit. And what follows for its parked Lives.
 */
import { DateTime, Schema } from "effect"
import type { ParkedLive, SpotState } from "./Spot.ts"
import { Time } from "./Time.ts"

/**
 * `paused`: until an operator resumes it, or the upstream accepts its key. `cooldown`: the upstream asked to wait.
 * `circuit_open`: the upstream does not answer.
 *
 * @category schemas
 */
export const Hold = Schema.Struct({
  /** The state of the Spot. */
  state: Schema.Literals(["paused", "cooldown", "circuit_open"]),
  /** When the Spot stopped sending. */
  since: Time,
  /** When the Spot makes its next call; null while it is paused. */
  until: Schema.NullOr(Time),
  /** Why nothing is sent, as a sentence. */
  reason: Schema.String
})

/**
 * Why a Spot does not send.
 *
 * @category models
 */
export interface Hold extends Schema.Schema.Type<typeof Hold> {}

/**
 * The reason of an open circuit.
 *
 * @category constants
 */
export const unanswered = "MeltingSpot does not answer"

/**
 * Why the Spot does not send now: a pause first, else the cause that lasts longer. Null if it sends.
 *
 * @category accessors
 */
export const of = (state: SpotState | undefined): Hold | null => {
  if (state === undefined) return null
  const { paused, cooldown, circuit } = state
  if (paused !== null) return { state: "paused", since: paused.since, until: null, reason: paused.reason }
  if (circuit !== null && (cooldown === null || DateTime.isLessThan(cooldown.until, circuit.until))) {
    return { state: "circuit_open", ...circuit, reason: unanswered }
  }
  return cooldown === null ? null : { state: "cooldown", ...cooldown }
}

/**
 * What decides when a Spot makes its next call.
 *
 * @category models
 */
export interface NextCall {
  /** The current time. */
  readonly now: DateTime.Utc
  /** What keeps the Spot from sending; null if nothing does. */
  readonly hold: Pick<Hold, "state" | "until"> | null
  /** When its budget has room again; null if it has room now. */
  readonly roomAt: DateTime.Utc | null
}

/**
 * When a parked Live is probed: at its own time, but not before its Spot makes its next call. Never in the past. Null while
 * the Spot is paused.
 *
 * @category accessors
 */
export const probeAt = (
  { until }: Pick<ParkedLive, "until">,
  { now, hold, roomAt }: NextCall
): DateTime.Utc | null =>
  hold?.state === "paused"
    ? null
    : [until, hold?.until ?? now, roomAt ?? now].reduce((latest, time) => DateTime.max(latest, time), now)
