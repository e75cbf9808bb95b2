/**
 * The status of a Spot, the reasons why it does not send, and its parked Lives.
 */
import { Schema } from "effect"
import { Time } from "./Time.ts"

/**
 * The statuses of a Spot. `active`: it sends. `cooldown`: the upstream asked to wait. `circuit_open`: the upstream does not answer. `paused`: an
 * operator paused it, or the upstream does not accept its key.
 *
 * @category models
 */
export const SpotStatus = Schema.Literals(["active", "cooldown", "circuit_open", "paused"])

/**
 * The status of a Spot.
 *
 * @category models
 */
export type SpotStatus = typeof SpotStatus.Type

/**
 * Who paused a Spot. `upstream`: it does not accept the key; occasional calls find out when it does. `operator`: a
 * person, who has to resume it.
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
 * The reasons why a Spot does not send.
 *
 * @category models
 */
export const SpotState = Schema.Struct({
  /** The name of the Spot. */
  spot: Schema.String,
  /** The pause; null while it is not paused. */
  paused: Schema.NullOr(Schema.Struct({ since: Time, by: PausedBy, reason: Schema.String })),
  /** The cooldown that the upstream asked for: no call until its end, then one call as a probe. Null without a cooldown. */
  cooldown: Schema.NullOr(Schema.Struct({ since: Time, until: Time, reason: Schema.String })),
  /** The open circuit, since the upstream does not answer: no call until its end, then one call as a probe. Null while it is closed. */
  circuit: Schema.NullOr(Schema.Struct({ since: Time, until: Time })),
  /** The maximum number of members in a call after the upstream refused more; null if it did not. */
  largestBatch: Schema.NullOr(Schema.Int)
})

/**
 * The reasons why a Spot does not send.
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
  /** Its title; null unless the upstream knew it before. */
  title: Schema.NullOr(Schema.String),
  /** When it was parked. */
  since: Time,
  /** When one invitation is sent as a probe. */
  until: Time
})

/**
 * A Live that the upstream does not know.
 *
 * @category models
 */
export interface ParkedLive extends Schema.Schema.Type<typeof ParkedLive> {}
