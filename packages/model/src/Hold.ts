/**
 * What keeps a Spot from sending: a pause, a cooldown, or its open circuit.
 */
import { DateTime } from "effect"
import type { SpotState } from "./Spot.ts"

/**
 * `paused`: until it is resumed, or the upstream accepts its key. `cooldown`: the upstream asked to wait.
 * `circuit_open`: the upstream does not answer.
 *
 * @category models
 * @since 0.1.0
 */
export interface Hold {
  /** What holds up the Spot. */
  readonly state: "paused" | "cooldown" | "circuit_open"
  /** Since when nothing is sent. */
  readonly since: DateTime.Utc
  /** When one call is tried again; null where that is not known. */
  readonly until: DateTime.Utc | null
  /** Why nothing is sent, as a sentence. */
  readonly reason: string
}

/**
 * The reason of an open circuit.
 *
 * @category constants
 * @since 0.1.0
 */
export const unanswered = "the upstream does not answer"

/**
 * What holds up the Spot now: a pause first, else whatever lasts longer. Null where nothing does.
 *
 * @category accessors
 * @since 0.1.0
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
