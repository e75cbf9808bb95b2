/**
 * Concerns: what an operator should know now, such as a paused Spot or a source that became silent. Each says since when and
 * what happens next, without addresses and bodies.
 */
import { Schema } from "effect"
import { Time } from "./Time.ts"

/**
 * The kinds of concerns, in the order in which a list shows those of the same urgency.
 *
 * - `key_refused`: MeltingSpot refuses the key of a Spot.
 * - `circuit_open`: MeltingSpot does not answer the calls of a Spot.
 * - `source_silent`: a source received nothing for much longer than usual at this time of the week.
 * - `refusals_rising`: the relay refuses many more deliveries of a source than usual.
 * - `mapping_backlog`: received webhooks wait to be mapped.
 * - `budget_spent`: a Spot has no calls left in its longest window, and invitations are due.
 * - `budget_too_small`: the due invitations of a Spot need longer than its longest window.
 * - `live_parked`: MeltingSpot does not know a Live.
 * - `dead_letters`: invitations of a Spot failed for good.
 * - `failed_mappings`: webhooks of a source could not be mapped.
 * - `quarantine`: refused deliveries of a source are kept.
 * - `spot_paused`, `source_paused`: an operator paused it.
 * - `cooldown`: MeltingSpot asked a Spot to wait.
 *
 * @category schemas
 */
export const Kind = Schema.Literals([
  "key_refused",
  "circuit_open",
  "source_silent",
  "refusals_rising",
  "mapping_backlog",
  "budget_spent",
  "budget_too_small",
  "live_parked",
  "dead_letters",
  "failed_mappings",
  "quarantine",
  "spot_paused",
  "source_paused",
  "cooldown"
])

/**
 * The kind of a concern.
 *
 * @category models
 */
export type Kind = typeof Kind.Type

/**
 * How urgent a concern is, the most urgent first. `critical`: nothing is sent until a person acts, or the upstream answers.
 * `warning`: a person should look at it soon. `info`: an operator wanted it, or it ends by itself.
 *
 * @category schemas
 */
export const Urgency = Schema.Literals(["critical", "warning", "info"])

/**
 * How urgent a concern is.
 *
 * @category models
 */
export type Urgency = typeof Urgency.Type

/**
 * What a concern is about. All fields are null if it is about the whole relay.
 *
 * @category schemas
 */
export const Subject = Schema.Struct({
  /** The name of the source. */
  source: Schema.NullOr(Schema.String),
  /** The name of the Spot. */
  spot: Schema.NullOr(Schema.String),
  /** The id of the Live. */
  liveId: Schema.NullOr(Schema.String)
})

/**
 * What a concern is about.
 *
 * @category models
 */
export interface Subject extends Schema.Schema.Type<typeof Subject> {}

/**
 * What an operator should know now.
 *
 * @category schemas
 */
export const Concern = Schema.Struct({
  /** The kind. With the subject, it identifies the concern for as long as it lasts. */
  kind: Kind,
  /** How urgent it is. */
  urgency: Urgency,
  /** What it is about. */
  subject: Subject,
  /** When it began. Null if that is unknown. */
  since: Schema.NullOr(Time),
  /** What is wrong, as one or two sentences. */
  text: Schema.String,
  /** The title of the Live that it is about, in the upstream's words. Absent without one. Do not forward it. */
  liveTitle: Schema.optionalKey(Schema.String),
  /** The reason that an operator or the upstream gave, in their words. Null without one. Do not forward it. */
  reason: Schema.NullOr(Schema.String),
  /** The number of webhooks, deliveries or invitations that it is about. Null if it is about none. */
  count: Schema.NullOr(Schema.Int),
  /** Whether the number is capped, so that there may be more. */
  isMore: Schema.Boolean,
  /** What happens next, or what to do, without a final period. `nextAt` completes it. */
  next: Schema.String,
  /** When that happens. Null if it depends on a person, or is unknown. */
  nextAt: Schema.NullOr(Time)
}).annotate({ identifier: "Concern" })

/**
 * What an operator should know now.
 *
 * @category models
 */
export interface Concern extends Schema.Schema.Type<typeof Concern> {}

/**
 * The identity of a concern: its kind and subject. It stays the same while the numbers and the text change.
 *
 * @category accessors
 */
export const keyOf = ({
  kind,
  subject: { source, spot, liveId }
}: Pick<Concern, "kind" | "subject">): string => JSON.stringify([kind, source, spot, liveId])
