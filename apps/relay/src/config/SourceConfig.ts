/** `sources.<name>`: the sender of webhooks, their verification, and the invitations that they make. */
import { Schema, Struct } from "effect"
import { Answer, Mapping, SignUps } from "@usher/engine"
import { DeliveryId, Senders } from "@usher/signatures"
import { RateConfig } from "./RateConfig.ts"
import { SchemeConfig } from "./SchemeConfig.ts"
import * as SecretRef from "./SecretRef.ts"
import { durationText } from "./DurationText.ts"
import { ExpiryText } from "./TimeText.ts"
import { optional, optionalDuration } from "./optional.ts"

const Expression = Mapping.Expression.annotate({ message: "Expected { expr: … }" })

const { live, invitedBy, notify } = Mapping.Rules.fields

const Invite = Schema.Struct({
  live: live.annotate({ message: "Expected the id of a Live, or { expr: … }" }).annotateKey({
    description:
      "The Live: its id, or a JSONata expression over the body that returns one or several ids. To find an id: https://help-api.meltingspot.io"
  }),
  member: optional(
    Expression,
    "The people to invite: a JSONata expression over the body that returns one or several email addresses or Spot member ids. Default: the place of the address in the sender's format"
  ),
  invitedBy: invitedBy.annotateKey({
    description: "The inviter: the id of a Spot member, or a JSONata expression"
  }),
  notify: notify.annotateKey({
    description:
      "Whether MeltingSpot sends an email to the invited person: true, false, or a JSONata expression"
  })
})

const EventNames = Schema.Array(Schema.NonEmptyString).check(Schema.isMinLength(1))

const Events = Schema.Union([Schema.Literal("all"), EventNames, SignUps.SignUps]).annotate({
  message: "Expected all, a list of event names, or { name: { json: … }, signUps: [ … ] }"
})

/** The sender is looked up later, together with the rest of the source, so that one run reports all problems. */
const SenderName = Schema.String.check(
  Schema.isMinLength(1, {
    toJsonSchema: () => ({ enum: [...Senders.names, ...Object.keys(Senders.aliases)] })
  })
)

const Dedupe = Schema.Struct({
  window: durationText(
    "How long a delivery without an id counts as a retry of an earlier one with the same body. After that, or after a change of the mapping, it is a new sign-up. Default: as long as the sender retries, else 24 hours"
  )
})

const HeaderName = Schema.String.check(
  Schema.isPattern(/^[\w!#$%&'*+.^`|~-]+$/, { expected: "the name of a header" })
)

export const SourceConfig = Schema.Struct({
  sender: SenderName.annotateKey({
    description:
      "The sending system, which defines the signature scheme, the delivery id and the place of the address. custom: any other system, described with verify"
  }),
  verify: Schema.optionalKey(
    SchemeConfig.pipe(
      Schema.annotateEncoded({
        description: "The signature scheme, in place of the sender's own"
      })
    )
  ),
  secrets: optional(
    Schema.Array(SecretRef.SourceSecretRef),
    "The secrets shared with the sender. Any of them is valid, so that a secret can be rotated without a gap"
  ),
  verifyToken: optional(
    SecretRef.SecretRef,
    "For Meta only: the verify token from its dashboard, which Meta sends before its first delivery"
  ),
  limit: optional(
    RateConfig,
    "The rate and burst of verified deliveries that each relay accepts. Further deliveries are refused with Retry-After. Default: unlimited"
  ),
  deliveryId: optional(
    DeliveryId.DeliveryId,
    "Where the delivery id is, in place of the sender's own definition: a header, a path into the body, or a form field. Without an id, the relay compares bodies within dedupe.window"
  ),
  dedupe: optional(Dedupe, "How the relay recognizes a retry of a delivery without an id"),
  spot: Schema.NonEmptyString.annotateKey({ description: "The name of the Spot to invite with" }),
  invite: Invite.annotateKey({ description: "Who is invited to which Live" }),
  events: optional(
    Events,
    "The events that are sign-ups: all, a list of names, or { name, signUps } if the place of the event name is unknown for the sender. Other events are stored and ignored. Default: the sender's own list, else all"
  ),
  when: optional(
    Expression,
    "A filter: a JSONata expression over the body. A webhook for which it returns no (false, 0, no, off, nothing) is stored and ignored"
  ),
  answer: optional(
    Answer.Answer,
    "The response to an accepted delivery. Default: the response that the sender expects, else the webhook's id and status as JSON"
  ),
  expires: optional(
    ExpiryText,
    "When the invitations expire: a time (2026-12-01T18:00:00Z), a duration after the webhook was received (2 hours), or { before: start }: when the Live begins, which the relay reads from MeltingSpot. Default: never"
  ),
  keepHeaders: optional(
    Schema.Array(HeaderName),
    "Additional headers to store, besides the default ones, the sender's own and those that expressions name. List the headers whose names an expression computes. Names of credentials are refused. Default: none"
  ),
  reinviteAfter: optionalDuration(
    "The age at which a finished invitation to the Live can be followed by a new one for the same person. Default: never"
  )
})

export type SourceConfig = typeof SourceConfig.Type

/** The valid part of an invalid source. An invalid secret is undefined, so that the others keep their index. */
export const SourceDraft = SourceConfig.mapFields((fields) => ({
  ...Struct.map(fields, Schema.optionalKey),
  secrets: Schema.optionalKey(Schema.Array(Schema.UndefinedOr(SecretRef.SourceSecretRef))),
  invite: Schema.optionalKey(Invite.mapFields(Struct.map(Schema.optionalKey)))
}))

export type SourceDraft = typeof SourceDraft.Type
