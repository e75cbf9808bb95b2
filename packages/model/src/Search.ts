/**
 * What is looked for among webhooks and invitations, and what a replay of it would mean.
 */
import { Duration, Schema } from "effect"
import { Budget } from "@usher/core"
import { InvitationStatus } from "./Invitation.ts"
import { WebhookStatus } from "./Webhook.ts"
import { Time } from "./Time.ts"

/**
 * A text to search for or to select by. A blank one names nothing.
 *
 * @category schemas
 */
export const Text = Schema.String.check(Schema.isPattern(/\S/, { expected: "a text that is not blank" }))

/**
 * At least one, at most 500.
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
  /** Of this source. */
  source: Schema.optionalKey(Text),
  /** To this Live, or with an invitation to it. */
  live: Schema.optionalKey(Text),
  /** An address or a Spot member id, however written; also of somebody who was forgotten. */
  person: Schema.optionalKey(Text),
  /** Received, or made, at this time or later. */
  from: Schema.optionalKey(Time),
  /** Before this time. */
  to: Schema.optionalKey(Time)
}

/**
 * Conditions, combined with AND.
 *
 * @category schemas
 */
export const WebhookFilter = Schema.Struct({
  ...common,
  /** Those with one of these statuses. */
  status: Schema.optionalKey(someOf(WebhookStatus)),
  /** In the body, whatever the case of its ASCII letters. */
  text: Schema.optionalKey(Text)
})

/**
 * Which webhooks; all fields together.
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
  /** Those with one of these statuses. */
  status: Schema.optionalKey(someOf(InvitationStatus)),
  /** Those of this Spot. */
  spot: Schema.optionalKey(Text),
  /** The id of a webhook that asked for it. */
  webhook: Schema.optionalKey(Text)
})

/**
 * Which invitations; all fields together.
 *
 * @category models
 */
export interface InvitationFilter extends Schema.Schema.Type<typeof InvitationFilter> {}

/**
 * What an act is for: what a filter finds, or everything. Without a filter and without `all` it is for nothing.
 *
 * @category models
 */
export type Selection<Filter> = Filter & {
  /** Everything. It stands alone, without a filter. */
  readonly all?: true | undefined
}

/**
 * Whether it names anything.
 *
 * @category guards
 */
export const isEmpty = (selection: Readonly<Record<string, unknown>>): boolean =>
  Object.values(selection).every((value) => value === undefined)

/**
 * Which page: newest first, `limit` items at the most, those that come after the cursor of the page before.
 *
 * @category options
 */
export interface PageOptions {
  /** The most items of a page. */
  readonly limit: number
  /** The cursor that the page before gave. Default: the first page. */
  readonly after?: string | undefined
}

/**
 * What comes in while pages are read never moves an item from one page to another.
 *
 * @category models
 */
export interface Page<A> {
  /** The items of the page. */
  readonly items: ReadonlyArray<A>
  /** The cursor of the next page; null at the end. */
  readonly next: string | null
}

/**
 * What a replay would do.
 *
 * @category schemas
 */
export const Plan = Schema.Struct({
  /** How many invitations would be sent again. */
  invitations: Schema.Int,
  /** How many people they are for. */
  people: Schema.Int,
  /** How many Lives they are for. */
  lives: Schema.Int,
  /** To the upstream. One call takes at most 100 invitations to one Live, by one inviter, with one notification flag. */
  calls: Schema.Int,
  /** How long the calls take at least, with a budget of which nothing is spent. */
  duration: Schema.Duration
})

/**
 * What a replay would do.
 *
 * @category models
 */
export interface Plan extends Schema.Schema.Type<typeof Plan> {}

/** Members of one bulk call. */
const bulk = 100

/**
 * How many calls it takes: the numbers of invitations that can go together.
 *
 * @category planning
 */
export const calls = (together: Iterable<number>): number =>
  [...together].reduce((sum, size) => sum + Math.ceil(size / bulk), 0)

/**
 * When the last of so many calls can start, after the first, within sliding windows.
 *
 * @category planning
 */
export const duration = (
  calls: number,
  limits: ReadonlyArray<Budget.Limit> = Budget.documented
): Duration.Duration => {
  const longestFirst = limits
    .map((limit) => ({ calls: limit.calls, millis: Duration.toMillis(limit.window) }))
    .toSorted((a, b) => b.millis - a.millis)
  let before = Math.max(0, calls - 1)
  let millis = 0
  for (const limit of longestFirst) {
    millis += Math.floor(before / limit.calls) * limit.millis
    before %= limit.calls
  }
  return Duration.millis(millis)
}
