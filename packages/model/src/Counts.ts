/**
 * Statistics: counts over time, the backlog, and dead letters by cause.
 */
import { Schema } from "effect"
import { DeadLetterStatus } from "./Invitation.ts"
import { Time } from "./Time.ts"

/**
 * Counts of events. `retried` counts attempts that are followed by another one.
 *
 * @category schemas
 */
export const Counts = Schema.Struct({
  /** Webhooks that were accepted. */
  accepted: Schema.Int,
  /** Deliveries that repeat an earlier one. */
  duplicates: Schema.Int,
  /** Requests that were not accepted, such as deliveries that do not verify. */
  refused: Schema.Int,
  /** Webhooks that were mapped to invitations. */
  mapped: Schema.Int,
  /** Webhooks that invite nobody. */
  ignored: Schema.Int,
  /** Webhooks whose mapping failed. */
  unmappable: Schema.Int,
  /** Invitations that were requested. */
  requested: Schema.Int,
  /** Invitations that ended with an invited person. */
  invited: Schema.Int,
  /** Invitations of people who were already participants. */
  already_invited: Schema.Int,
  /** Invitations that the upstream refused. */
  rejected: Schema.Int,
  /** Invitations that ran out of attempts. */
  exhausted: Schema.Int,
  /** Invitations that were not sent in time. */
  expired: Schema.Int,
  /** Invitations that were cancelled before they were sent: by an operator, or because their person was forgotten. */
  cancelled: Schema.Int,
  /** Attempts that are followed by another one. */
  retried: Schema.Int
}).annotate({ identifier: "Counts" })

/**
 * Counts of events.
 *
 * @category models
 */
export interface Counts extends Schema.Schema.Type<typeof Counts> {}

/**
 * The counts before any event.
 *
 * @category constants
 */
export const none: Counts = {
  accepted: 0,
  duplicates: 0,
  refused: 0,
  mapped: 0,
  ignored: 0,
  unmappable: 0,
  requested: 0,
  invited: 0,
  already_invited: 0,
  rejected: 0,
  exhausted: 0,
  expired: 0,
  cancelled: 0,
  retried: 0
}

/**
 * The period of one point of a series.
 *
 * @category schemas
 */
export const Bucket = Schema.Literals(["minute", "hour", "day"])

/**
 * The period of one point of a series.
 *
 * @category models
 */
export type Bucket = typeof Bucket.Type

/**
 * The backlog, and the items that need an operator. Each count is capped at `Backlog.maxCounted`.
 *
 * @category schemas
 */
export const Standing = Schema.Struct({
  /** Webhooks that are not mapped yet. */
  waitingWebhooks: Schema.Int,
  /** Invitations that are not sent yet. */
  waitingInvitations: Schema.Int,
  /** Invitations that were rejected or exhausted. */
  deadLetters: Schema.Int,
  /** Webhooks whose mapping failed. */
  unmappable: Schema.Int,
  /** Refused deliveries that are kept. */
  quarantined: Schema.Int,
  /** When the oldest webhook that is not mapped yet was received. */
  oldestReceived: Schema.NullOr(Time),
  /** When the oldest due invitation became due. */
  oldestDue: Schema.NullOr(Time)
})

/**
 * The backlog, and the items that need an operator.
 *
 * @category models
 */
export interface Standing extends Schema.Schema.Type<typeof Standing> {}

/**
 * The most dead letters that are grouped, the newest ones.
 *
 * @category constants
 */
export const maxGrouped = 50_000

/**
 * The most groups of dead letters, the largest ones.
 *
 * @category constants
 */
export const maxGroups = 500

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
  /** The number of dead letters, among the newest 50,000. */
  count: Schema.Int,
  /** When the oldest of them ended. */
  oldestAt: Schema.NullOr(Time),
  /** When the newest of them ended. */
  newestAt: Schema.NullOr(Time),
  /** The id of the newest dead letter, whose attempts have the details. */
  newestId: Schema.String,
  /** The error of the newest one's last attempt, as a sentence. Null if it had no attempt. */
  message: Schema.NullOr(Schema.String)
}).annotate({ identifier: "DeadLetterGroup" })

/**
 * Dead letters of one Live with the same cause.
 *
 * @category models
 */
export interface DeadLetterGroup extends Schema.Schema.Type<typeof DeadLetterGroup> {}

/**
 * Whether there may be more dead letters than these groups count.
 *
 * @category accessors
 */
export const isPartial = (groups: ReadonlyArray<DeadLetterGroup>): boolean =>
  groups.length >= maxGroups || groups.reduce((sum, { count }) => sum + count, 0) >= maxGrouped
