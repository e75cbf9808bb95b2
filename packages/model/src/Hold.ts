/**
 * What keeps a Spot from sending: a pause, a cooldown, or its open circuit.
 */
import { DateTime, Schema } from "effect"
import type { SpotState } from "./Spot.ts"
import { Time } from "./Time.ts"

/**
 * `paused`: until it is resumed, or the upstream accepts its key. `cooldown`: the upstream asked to wait.
 * `circuit_open`: the upstream does not answer.
 *
 * @category schemas
 */
export const Hold = Schema.Struct({
  /** What holds up the Spot. */
  state: Schema.Literals(["paused", "cooldown", "circuit_open"]),
  /** Since when nothing is sent. */
  since: Time,
  /** When the next call is made; null while the Spot is paused. */
  until: Schema.NullOr(Time),
  /** Why nothing is sent, as a sentence. */
  reason: Schema.String
})

/**
 * What keeps a Spot from sending.
 *
 * @category models
 */
export interface Hold extends Schema.Schema.Type<typeof Hold> {}

/**
 * The reason of an open circuit.
 *
 * @category constants
 */
export const unanswered = "the upstream does not answer"

/**
 * What holds up the Spot now: a pause first, else whatever lasts longer. Null where nothing does.
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
