/**
 * Trying a mapping against stored webhooks, without applying it.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Requires } from "./Access.ts"
import * as Page from "./Page.ts"
import { Invalid, NotFound } from "./Problem.ts"

const Expression = Schema.Struct({ expr: Schema.NonEmptyString })

/**
 * As in the configuration file. What is left out stays as it is configured.
 *
 * @category schemas
 */
export const Rules = Schema.Struct({
  /** The id of the Live, or an expression that gives it. */
  live: Schema.optionalKey(Schema.Union([Schema.NonEmptyString, Expression])),
  /** An expression that gives who is invited. */
  member: Schema.optionalKey(Expression),
  /** The Spot member id of the inviter, or an expression that gives it. */
  invitedBy: Schema.optionalKey(Schema.Union([Schema.NonEmptyString, Expression])),
  /** Whether MeltingSpot sends its mail, or an expression that says so. */
  notify: Schema.optionalKey(Schema.Union([Schema.Boolean, Expression])),
  /** null takes a filter away. */
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

/** One person to one Live. */
const Wish = Schema.Struct({ liveId: Schema.String, member: Schema.String })

/**
 * One webhook, as it would be with these rules.
 *
 * @category schemas
 */
export const Trial = Schema.Struct({
  /** The id of the webhook. */
  webhookId: Schema.String,
  /** When it was received. */
  receivedAt: Page.Time,
  /** `same`: nothing would change. `fails`: it would be unmappable, and is not. */
  verdict: Schema.Literals(["same", "differs", "fails"]),
  /** What it is now, and what it would be. */
  before: Schema.String,
  /** What it would be with these rules. */
  after: Schema.String,
  /** Why it would be ignored or unmappable. Null where it would not. */
  reason: Schema.NullOr(Schema.String),
  /** Invitations that would be made besides. */
  appears: Schema.Array(Wish),
  /** Invitations that would not be made any more. */
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
      /** How many of the source's newest webhooks, 50 unless it is said. */
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
    .annotate(OpenApi.Summary, "What rules would make of stored webhooks; nothing is applied")
)
