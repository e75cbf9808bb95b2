/** The rules of a mapping, as a configuration file has them. */
import { Schema } from "effect"
import { Invitation } from "@usher/core"
import * as SignUps from "./SignUps.ts"

/**
 * A JSONata expression over the body; `$headers` and `$source` are bound.
 *
 * @category schemas
 */
export const Expression = Schema.Struct({
  expr: Schema.NonEmptyString.annotateKey({
    description: "a JSONata expression over the body; $headers and $source are bound"
  })
})

/**
 * How to make invitations, as in a configuration file, with literals or expressions. An expression for `live` or
 * `member` may return one value, several in an array, or none.
 *
 * @category schemas
 */
export const Rules = Schema.Struct({
  /** The Live, or several. */
  live: Schema.Union([Invitation.LiveId, Expression]),
  /** The person. In a configuration file, the default is the sender's usual path to the address. */
  member: Expression,
  /** The Spot member who invites. Optional. */
  invitedBy: Schema.optionalKey(Schema.Union([Schema.NonEmptyString, Expression])),
  /** Whether the upstream notifies by email. Optional; the upstream documents no default. */
  notify: Schema.optionalKey(Schema.Union([Schema.Boolean, Expression])),
  /** Maps only events for which this expression means yes. Others are `ignored`. See `noTexts`. */
  when: Schema.optionalKey(Expression),
  /** Maps only these events. Others are `ignored`. Default: those of the sender. */
  events: Schema.optionalKey(Schema.Union([Schema.Literal("all"), SignUps.SignUps]))
})

/**
 * The rules of a mapping in expressions.
 *
 * @category models
 */
export interface Rules extends Schema.Schema.Type<typeof Rules> {}
