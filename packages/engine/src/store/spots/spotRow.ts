/** The rows of the table `spots`. */
import { Schema } from "effect"
import { PausedBy } from "@usher/model/Spot"

const Time = Schema.NullOr(Schema.Int)

/** The state of a Spot and what holds it up. Times are by the Spot's clock, in milliseconds. */
export const SpotRow = Schema.Struct({
  name: Schema.String,
  /** The term of the leader. */
  term: Schema.Int,
  paused_at: Time,
  paused_by: Schema.NullOr(PausedBy),
  reason: Schema.NullOr(Schema.String),
  /** When a Spot that the upstream paused is probed; null if only an operator resumes it. */
  probe_at: Time,
  cooldown_until: Schema.Int,
  cooldown_since: Time,
  cooldown_reason: Schema.NullOr(Schema.String),
  /** How many 429s followed one another. While there is any, a single call probes the upstream. */
  refusals: Schema.Int,
  /** When such a probe must have ended. */
  probing_until: Time,
  circuit_since: Time,
  circuit_until: Time,
  max_batch_size: Schema.NullOr(Schema.Int)
})

export interface SpotRow extends Schema.Schema.Type<typeof SpotRow> {}

/** Whether the Spot is paused, in cooldown, probed, or its circuit is open. The relay reads no Lives then. */
export const isHeld = (spot: SpotRow, now: number): boolean =>
  spot.paused_at !== null ||
  spot.refusals > 0 ||
  spot.circuit_since !== null ||
  Math.max(spot.cooldown_until, spot.probing_until ?? 0) > now
