/**
 * The mapping of a source, and trials of another one on stored webhooks, without applying it.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Invitation } from "@usher/core"
import { someOf } from "@usher/model/Search"
import { StatusWithBody } from "@usher/model/Webhook"
import { Requires } from "./Access.ts"
import * as Page from "./Page.ts"
import { Invalid, NotFound } from "./Problem.ts"

const Expression = Schema.Struct({ expr: Schema.NonEmptyString })

/**
 * Rules as in the configuration file. Absent keys keep their configured value.
 *
 * @category schemas
 */
export const Rules = Schema.Struct({
  /** The id of the Live, or an expression that returns it. */
  live: Schema.optionalKey(Schema.Union([Schema.NonEmptyString, Expression])),
  /** An expression that returns the people to invite. */
  member: Schema.optionalKey(Expression),
  /** The Spot member id of the inviter, or an expression that returns it. Null removes the rule. */
  invitedBy: Schema.optionalKey(Schema.NullOr(Schema.Union([Schema.NonEmptyString, Expression]))),
  /** Whether MeltingSpot sends an email, or an expression that returns it. Null removes the rule. */
  notify: Schema.optionalKey(Schema.NullOr(Schema.Union([Schema.Boolean, Expression]))),
  /** Null removes the filter. */
  when: Schema.optionalKey(Schema.NullOr(Expression)),
  /** The names of the events that are sign-ups. */
  events: Schema.optionalKey(
    Schema.Union([Schema.Literal("all"), Schema.Array(Schema.NonEmptyString).check(Schema.isMinLength(1))])
  )
}).annotate({ identifier: "MappingRules" })

/**
 * What the schema `Rules` decodes to.
 *
 * @category models
 */
export interface Rules extends Schema.Schema.Type<typeof Rules> {}

/**
 * The mapping of a source that is in force.
 *
 * @category schemas
 */
export const InForce = Schema.Struct({
  /** The name of the source. */
  source: Schema.String,
  /** The version of the mapping, which each mapped webhook stores. */
  version: Schema.String,
  /** The rules as in the configuration file, with their defaults. Null for a mapping that a program defines in code. */
  rules: Schema.NullOr(Rules)
}).annotate({ identifier: "MappingInForce" })

/**
 * What the schema `InForce` decodes to.
 *
 * @category models
 */
export interface InForce extends Schema.Schema.Type<typeof InForce> {}

/** An invitation of one person to one Live, as the rules make it. A row of an older version can hold an invalid person. */
const Wish = Schema.Struct({ ...Invitation.Invitation.fields, member: Schema.String })

/**
 * One webhook under these rules.
 *
 * @category schemas
 */
export const Trial = Schema.Struct({
  /** The id of the webhook. */
  webhookId: Schema.String,
  /** When it was received. */
  receivedAt: Page.Time,
  /** `same`: no change. `fails`: the webhook becomes unmappable. */
  verdict: Schema.Literals(["same", "differs", "fails"]),
  /** The current status. */
  before: Schema.String,
  /** The status under these rules. */
  after: Schema.String,
  /** Why the webhook would be ignored or unmappable. Null otherwise. */
  reason: Schema.NullOr(Schema.String),
  /** Invitations that the rules would add. One that they change is here as it would be, and in `disappears` as it is. */
  appears: Schema.Array(Wish),
  /** Invitations that the rules would remove. */
  disappears: Schema.Array(Wish)
}).annotate({ identifier: "MappingTrial" })

/**
 * What the schema `Trial` decodes to.
 *
 * @category models
 */
export interface Trial extends Schema.Schema.Type<typeof Trial> {}

/**
 * A part of a trial, newest webhooks first.
 *
 * @category schemas
 */
export const Part = Schema.Struct({
  /** The number of webhooks that were tried. */
  looked: Schema.Int,
  /** Webhooks without a change. */
  same: Schema.Int,
  /** Webhooks with another result, without those that fail. */
  differs: Schema.Int,
  /** Webhooks that would become unmappable. */
  fails: Schema.Int,
  /** The people of these webhooks whose invitations change. */
  people: Schema.Struct({
    /** People who would be invited, and are not by these webhooks. */
    added: Schema.Int,
    /** People these webhooks invited, and would not invite any more. Sent invitations stay sent. */
    lost: Schema.Int,
    /** People with another invitation, such as one to another Live. */
    changed: Schema.Int
  }),
  /** Webhooks that are unmappable or were mapped by another version than the one in force: to map again. */
  outdated: Schema.Int,
  /** One for each webhook. */
  trials: Schema.Array(Trial),
  /** The cursor of the next part. Null at the end. */
  next: Schema.NullOr(Schema.String),
  /** Present unless `next` is null: all webhooks since this time are tried. */
  searchedTo: Schema.optionalKey(Page.Time)
}).annotate({ identifier: "MappingTrials" })

/**
 * What the schema `Part` decodes to.
 *
 * @category models
 */
export interface Part extends Schema.Schema.Type<typeof Part> {}

/**
 * The changes of one webhook, one for each person and Live: without `before` if the rules add the invitation, without
 * `after` if they remove it, with both if they change its terms.
 *
 * @category accessors
 */
export const changesIn = ({ appears, disappears }: Pick<Trial, "appears" | "disappears">) => {
  const left = new Map(disappears.map((before) => [keyOf(before), before]))
  const added = appears.map((after) => {
    const key = keyOf(after)
    const before = left.get(key)
    left.delete(key)
    return { key, before, after }
  })
  return [...added, ...Array.from(left, ([key, before]) => ({ key, before, after: undefined }))]
}

const keyOf = ({ liveId, member }: typeof Wish.Type) => JSON.stringify([liveId, Invitation.memberKey(member)])

/**
 * What differs between two invitations of one person, such as `mail on → default`.
 *
 * @category accessors
 */
export const changesOf = (
  before: Invitation.Invitation,
  after: Invitation.Invitation
): ReadonlyArray<string> =>
  [
    ["Live", before.liveId, after.liveId],
    ["by", before.invitedBySpotMemberId ?? "nobody", after.invitedBySpotMemberId ?? "nobody"],
    ["mail", mailOf(before), mailOf(after)]
  ].flatMap(([what, before, after]) => (before === after ? [] : [`${what} ${before} → ${after}`]))

/**
 * Whether MeltingSpot sends an email for an invitation: `on`, `off`, or `default` if the mapping does not say.
 *
 * @category accessors
 */
export const mailOf = ({ withEmailNotification: wanted }: Invitation.Invitation): string =>
  wanted === undefined ? "default" : wanted ? "on" : "off"

/**
 * Counts people by how their invitations change in these trials together.
 *
 * @category accessors
 */
export const peopleOf = (trials: ReadonlyArray<Trial>): Part["people"] => {
  const named = (invitations: "appears" | "disappears") =>
    new Set(trials.flatMap((trial) => trial[invitations].map(({ member }) => Invitation.memberKey(member))))
  const [appear, disappear] = [named("appears"), named("disappears")]
  const changed = [...appear].filter((person) => disappear.has(person)).length
  return { added: appear.size - changed, lost: disappear.size - changed, changed }
}

/**
 * The endpoints of mappings.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("mapping").add(
  HttpApiEndpoint.get("inForce", "/mapping/:source", {
    params: { source: Schema.String },
    success: InForce,
    error: NotFound
  }).annotate(OpenApi.Summary, "The mapping of a source that is in force"),
  HttpApiEndpoint.post("try", "/mapping/try", {
    payload: Schema.Struct({
      source: Schema.String,
      rules: Rules,
      /** Webhooks with one of these statuses. Default: all whose body is stored, also held ones. */
      status: Schema.optionalKey(someOf(StatusWithBody)),
      /** Webhooks received at this time or later. */
      from: Schema.optionalKey(Page.Time),
      /** Webhooks received before this time. */
      to: Schema.optionalKey(Page.Time),
      ...Page.options(Page.idCursor("wh"))
    }),
    success: Part,
    error: [Invalid, NotFound]
  })
    .annotate(Requires, "read")
    .annotate(
      OpenApi.Summary,
      "Try mapping rules on stored webhooks, newest first. Changes nothing. Each problem of an invalid rule begins with the name of the rule"
    )
)
