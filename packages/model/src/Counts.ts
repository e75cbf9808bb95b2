/**
 * How much of what: counts over time, what waits and what needs an operator, dead letters by cause.
 */
import { Schema } from "effect"
import { DeadLetterStatus } from "./Invitation.ts"
import { Time } from "./Time.ts"

/**
 * How often what happened. `retried` counts attempts that another one follows.
 *
 * @category schemas
 */
export const Counts = Schema.Struct({
  /** Webhooks that were accepted. */
  accepted: Schema.Int,
  /** Deliveries that were sent again. */
  duplicates: Schema.Int,
  /** Webhooks that were mapped to invitations. */
  mapped: Schema.Int,
  /** Webhooks in which nobody is meant. */
  ignored: Schema.Int,
  /** Webhooks whose mapping failed. */
  unmappable: Schema.Int,
  /** Invitations that were made. */
  asked: Schema.Int,
  /** Invitations that ended with an invited person. */
  invited: Schema.Int,
  /** Invitations of people who were participants before. */
  already_invited: Schema.Int,
  /** Invitations that the upstream refused. */
  rejected: Schema.Int,
  /** Invitations that ran out of attempts. */
  exhausted: Schema.Int,
  /** Invitations that were not sent in time. */
  expired: Schema.Int,
  /** Attempts that another attempt follows. */
  retried: Schema.Int
}).annotate({ identifier: "Counts" })

/**
 * How often what happened.
 *
 * @category models
 */
export interface Counts extends Schema.Schema.Type<typeof Counts> {}

/**
 * The counts while nothing has happened.
 *
 * @category constants
 */
export const none: Counts = {
  accepted: 0,
  duplicates: 0,
  mapped: 0,
  ignored: 0,
  unmappable: 0,
  asked: 0,
  invited: 0,
  already_invited: 0,
  rejected: 0,
  exhausted: 0,
  expired: 0,
  retried: 0
}

/**
 * The length of time that one point of a series covers.
 *
 * @category schemas
 */
export const Bucket = Schema.Literals(["minute", "hour", "day"])

/**
 * The length of time that one point of a series covers.
 *
 * @category models
 */
export type Bucket = typeof Bucket.Type

/**
 * What waits, and what needs an operator, each counted up to `Backlog.maxCounted`.
 *
 * @category schemas
 */
export const Standing = Schema.Struct({
  /** Webhooks that wait to be mapped. */
  waitingWebhooks: Schema.Int,
  /** Invitations that wait to be sent. */
  waitingInvitations: Schema.Int,
  /** Invitations that were rejected or exhausted. */
  deadLetters: Schema.Int,
  /** Webhooks whose mapping failed. */
  unmappable: Schema.Int,
  /** Refused deliveries that are kept. */
  quarantined: Schema.Int,
  /** When the oldest webhook that waits for its mapping was received. */
  oldestReceived: Schema.NullOr(Time),
  /** When the invitation was due that has waited longest to be sent. */
  oldestDue: Schema.NullOr(Time)
})

/**
 * What waits, and what needs an operator.
 *
 * @category models
 */
export interface Standing extends Schema.Schema.Type<typeof Standing> {}

/**
 * Dead letters of one Live with the same cause.
 *
 * @category schemas
 */
export const DeadLetterGroup = Schema.Struct({
  /** `rejected` by the upstream, or `exhausted` after the last attempt. */
  status: DeadLetterStatus,
  /** The tag of the last attempt's error. */
  error: Schema.NullOr(Schema.String),
  /** The Spot's name. */
  spot: Schema.String,
  /** The Live's id. */
  liveId: Schema.String,
  /** Among the newest 50,000 dead letters. */
  count: Schema.Int,
  /** The newest of them: its attempts tell more. */
  newestId: Schema.String
}).annotate({ identifier: "DeadLetterGroup" })

/**
 * Dead letters of one Live with the same cause.
 *
 * @category models
 */
export interface DeadLetterGroup extends Schema.Schema.Type<typeof DeadLetterGroup> {}
