/**
 * Filters of webhooks and invitations, and the plan of a replay.
 */
import { type DateTime, Schema } from "effect"
import { InvitationStatus } from "./Invitation.ts"
import { WebhookStatus } from "./Webhook.ts"
import { Time } from "./Time.ts"

/**
 * A text to search for or to select by. It must not be blank.
 *
 * @category schemas
 */
export const Text = Schema.String.check(Schema.isPattern(/\S/, { expected: "a text that is not blank" }))

/**
 * At least one id, at most 500.
 *
 * @category schemas
 */
export const Ids = Schema.Array(Text).check(
  Schema.isMinLength(1, { expected: "at least one id" }),
  Schema.isMaxLength(500, { expected: "at most 500 ids" })
)

/**
 * At least one of these statuses.
 *
 * @category schemas
 */
export const someOf = <S extends Schema.Top>(status: S) =>
  Schema.Array(status).check(Schema.isMinLength(1, { expected: "at least one status" }))

const common = {
  /** These ids only. */
  ids: Schema.optionalKey(Ids),
  /** Items of this source. */
  source: Schema.optionalKey(Text),
  /** Invitations to this Live, or webhooks with an invitation to it. */
  live: Schema.optionalKey(Text),
  /** An address or a Spot member id, in any spelling; also of a forgotten person. */
  person: Schema.optionalKey(Text),
  /** Received or created at this time or later. */
  from: Schema.optionalKey(Time),
  /** Received or created before this time. */
  to: Schema.optionalKey(Time)
}

/**
 * Conditions, combined with AND.
 *
 * @category schemas
 */
export const WebhookFilter = Schema.Struct({
  ...common,
  /** Items with one of these statuses. */
  status: Schema.optionalKey(someOf(WebhookStatus)),
  /** A text in the body. Ignores the case of ASCII letters. */
  text: Schema.optionalKey(Text)
})

/**
 * A filter of webhooks. Conditions are combined with AND.
 *
 * @category models
 */
export interface WebhookFilter extends Schema.Schema.Type<typeof WebhookFilter> {}

/**
 * Conditions, combined with AND.
 *
 * @category schemas
 */
export const InvitationFilter = Schema.Struct({
  ...common,
  /** Items with one of these statuses. */
  status: Schema.optionalKey(someOf(InvitationStatus)),
  /** Invitations of this Spot. */
  spot: Schema.optionalKey(Text),
  /** The id of a webhook that requested the invitation. */
  webhook: Schema.optionalKey(Text),
  /** The tag of the last attempt's error, such as `UpstreamUnavailable`; null for invitations without one. */
  error: Schema.optionalKey(Schema.NullOr(Text))
})

/**
 * A filter of invitations. Conditions are combined with AND.
 *
 * @category models
 */
export interface InvitationFilter extends Schema.Schema.Type<typeof InvitationFilter> {}

/**
 * The target of an action: the items that a filter finds, or all. Without a filter and without `all`, none.
 *
 * @category models
 */
export type Selection<Filter> = Filter & {
  /** Selects everything. Not combined with a filter. */
  readonly all?: true | undefined
  /**
   * Leaves out the items that came to match at this time or later. The `asOf` of a plan selects exactly the items that it
   * counted, without those that changed since.
   */
  readonly asOf?: DateTime.Utc | undefined
}

/**
 * Whether a selection has no conditions. `asOf` alone selects nothing.
 *
 * @category guards
 */
export const isEmpty = (selection: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(selection).every(([name, value]) => name === "asOf" || value === undefined)

/**
 * Selects a page: newest first, at most `limit` items, after the cursor of the previous page.
 *
 * @category options
 */
export interface PageOptions {
  /** The maximum number of items. */
  readonly limit: number
  /** The cursor of the previous page. Default: the first page. */
  readonly after?: string | undefined
}

/**
 * One page. New items never move an item from one page to another.
 *
 * @category models
 */
export interface Page<A> {
  /** The items of the page. */
  readonly items: ReadonlyArray<A>
  /** The cursor of the next page; null at the end. */
  readonly next: string | null
  /**
   * Present if the time for one search was over before the page was full. Everything since then is searched, and `next`
   * continues.
   */
  readonly searchedTo?: DateTime.Utc
}

/**
 * The parts of a search for deliveries that name a person, in the order in which they are searched: deliveries in
 * quarantine, then webhooks by their status. `mapped` is all the rest: webhooks that invited other people.
 *
 * @category schemas
 */
export const SearchPart = Schema.Literals([
  "quarantined",
  "received",
  "held",
  "unmappable",
  "ignored",
  "mapped"
])

/**
 * One part of a search for deliveries that name a person.
 *
 * @category models
 */
export type SearchPart = typeof SearchPart.Type

/**
 * Where a search stopped that takes longer than one request.
 *
 * @category schemas
 */
export const SearchPosition = Schema.Struct({
  /** The cursor with which it continues. */
  after: Schema.String,
  /** The part that it continues in. The parts before it are searched. */
  part: SearchPart,
  /** How far back it has searched in this part. Null at the beginning of a part, and where the order is another. */
  searchedTo: Schema.NullOr(Time)
})

/**
 * Where a search stopped that takes longer than one request.
 *
 * @category models
 */
export interface SearchPosition extends Schema.Schema.Type<typeof SearchPosition> {}

/**
 * The plan of a replay.
 *
 * @category schemas
 */
export const Plan = Schema.Struct({
  /** The number of invitations to send again. */
  invitations: Schema.Int,
  /** The number of people. */
  people: Schema.Int,
  /** The number of Lives. */
  lives: Schema.Int,
  /** The names of the Spots that send them. */
  spots: Schema.Array(Schema.String),
  /** Of these, the invitations to parked Lives, which wait until the Live is tried again. */
  parked: Schema.Int,
  /** The number of upstream calls. One call holds at most as many invitations as its Spot's `batchSize`, to one Live, by one inviter, with one notification flag. */
  calls: Schema.Int,
  /** The minimum duration of the calls, with an unused budget. */
  duration: Schema.Duration,
  /** The time of the plan. */
  asOf: Time
})

/**
 * The plan of a replay.
 *
 * @category models
 */
export interface Plan extends Schema.Schema.Type<typeof Plan> {}

/**
 * The plan of mapping webhooks again.
 *
 * @category schemas
 */
export const RemapPlan = Schema.Struct({
  /** The number of webhooks to map again. */
  webhooks: Schema.Int,
  /**
   * How many invitations these webhooks requested so far, each counted once for each webhook. They stay as they are, also
   * those to another Live.
   */
  invitations: Schema.Int,
  /** The time of the plan. */
  asOf: Time
}).annotate({ identifier: "RemapPlan" })

/**
 * The plan of mapping webhooks again.
 *
 * @category models
 */
export interface RemapPlan extends Schema.Schema.Type<typeof RemapPlan> {}

/**
 * The plan of a cancellation.
 *
 * @category schemas
 */
export const CancelPlan = Schema.Struct({
  /** The number of pending invitations to cancel. */
  invitations: Schema.Int,
  /** The number of people. */
  people: Schema.Int,
  /** The number of Lives. */
  lives: Schema.Int,
  /** The number of invitations in a call now. They are cancelled only if they are pending again by then. */
  sending: Schema.Int,
  /**
   * The number of webhooks that are not mapped yet and may still create such invitations, at most `Backlog.maxCounted` of those
   * received and as many of those held: those of the selected source, or all. 0 for a selection by ids, a webhook or a person.
   */
  unmapped: Schema.Int,
  /** The time of the plan. */
  asOf: Time
}).annotate({ identifier: "CancelPlan" })

/**
 * The plan of a cancellation.
 *
 * @category models
 */
export interface CancelPlan extends Schema.Schema.Type<typeof CancelPlan> {}
