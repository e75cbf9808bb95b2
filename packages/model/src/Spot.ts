/**
 * What a Spot does now, what keeps it from sending, and its parked Lives.
 */
import { Schema } from "effect"
import { Time } from "./Time.ts"

/**
 * `active`: the Spot sends. `cooldown`: the upstream asked to wait. `circuit_open`: the upstream does not answer. `paused`: an
 * operator paused it, or the upstream does not accept its key.
 *
 * @category models
 */
export const SpotStatus = Schema.Literals(["active", "cooldown", "circuit_open", "paused"])

/**
 * What a Spot does now.
 *
 * @category models
 */
export type SpotStatus = typeof SpotStatus.Type

/**
 * Who paused a Spot. `upstream`: it does not accept the key; a call now and then finds out whether that is mended.
 * `operator`: a person, who has to resume it.
 *
 * @category models
 */
export const PausedBy = Schema.Literals(["operator", "upstream"])

/**
 * Who paused a Spot.
 *
 * @category models
 */
export type PausedBy = typeof PausedBy.Type

/**
 * What holds up a Spot.
 *
 * @category models
 */
export const SpotState = Schema.Struct({
  /** The name of the Spot. */
  spot: Schema.String,
  /** Null while it is not paused. */
  paused: Schema.NullOr(Schema.Struct({ since: Time, by: PausedBy, reason: Schema.String })),
  /** No call before then, since the upstream asked to wait; then one call finds out whether it is over. Null in no cooldown. */
  cooldown: Schema.NullOr(Schema.Struct({ since: Time, until: Time, reason: Schema.String })),
  /** The upstream does not answer: no call before then, then one finds out whether it does. Null while the circuit is closed. */
  circuit: Schema.NullOr(Schema.Struct({ since: Time, until: Time })),
  /** How many members a call may have, since the upstream refused more; null while it did not. */
  largestBatch: Schema.NullOr(Schema.Int)
})

/**
 * What holds up a Spot.
 *
 * @category models
 */
export interface SpotState extends Schema.Schema.Type<typeof SpotState> {}

/**
 * A Live that the upstream does not know.
 *
 * @category models
 */
export const ParkedLive = Schema.Struct({
  /** The Spot that invites to it. */
  spot: Schema.String,
  /** The Live. */
  liveId: Schema.String,
  /** Since when it is parked. */
  since: Time,
  /** When one invitation is tried again. */
  until: Time
})

/**
 * A Live that the upstream does not know.
 *
 * @category models
 */
export interface ParkedLive extends Schema.Schema.Type<typeof ParkedLive> {}
