/**
 * Trials of a mapping on stored webhooks, without applying it.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
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
  /** The Spot member id of the inviter, or an expression that returns it. */
  invitedBy: Schema.optionalKey(Schema.Union([Schema.NonEmptyString, Expression])),
  /** Whether MeltingSpot sends an email, or an expression that returns it. */
  notify: Schema.optionalKey(Schema.Union([Schema.Boolean, Expression])),
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

/** An invitation of one person to one Live. */
const Wish = Schema.Struct({ liveId: Schema.String, member: Schema.String })

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
  /** Invitations that the rules would add. */
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
 * The endpoint that tries a mapping.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("mapping").add(
  HttpApiEndpoint.post("try", "/mapping/try", {
    payload: Schema.Struct({
      source: Schema.String,
      rules: Rules,
      /** How many of the source's newest webhooks to try. Default: 50. */
      limit: Schema.optionalKey(Page.Limit)
    }),
    success: Schema.Struct({
      looked: Schema.Int,
      same: Schema.Int,
      differs: Schema.Int,
      fails: Schema.Int,
      trials: Schema.Array(Trial)
    }),
    error: [Invalid, NotFound]
  })
    .annotate(Requires, "read")
    .annotate(OpenApi.Summary, "Try mapping rules on stored webhooks. Changes nothing")
)
