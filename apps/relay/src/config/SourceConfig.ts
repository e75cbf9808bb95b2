/** `sources.<name>`: whose webhooks are taken there, how they are verified, and who is invited to what. */
import { Schema, Struct } from "effect"
import { Answer, Mapping, SignUps } from "@usher/engine"
import { DeliveryId, Senders } from "@usher/signatures"
import { RateConfig } from "./RateConfig.ts"
import { SchemeConfig } from "./SchemeConfig.ts"
import * as SecretRef from "./SecretRef.ts"
import { durationText } from "./DurationText.ts"
import { TimeOrDurationText } from "./TimeText.ts"

const Expression = Mapping.Expression.annotate({ message: "Expected { expr: … }" })

const { live, invitedBy, notify } = Mapping.Rules.fields

const Invite = Schema.Struct({
  live: live.annotate({ message: "Expected the id of a Live, or { expr: … }" }).annotateKey({
    description:
      "the Live: its id, or a JSONata expression over the body that gives one or several. To find an id: https://help-api.meltingspot.io"
  }),
  member: Schema.optionalKey(Expression).annotateKey({
    description:
      "who is invited: a JSONata expression over the body that gives an address or the id of a Spot member, or several. Default: the sender's path to the address"
  }),
  invitedBy: invitedBy.annotateKey({
    description: "on whose initiative: the id of a Spot member, or a JSONata expression"
  }),
  notify: notify.annotateKey({
    description: "whether MeltingSpot sends a mail to the invited: true, false, or a JSONata expression"
  })
})

const EventNames = Schema.Array(Schema.NonEmptyString).check(Schema.isMinLength(1))

const Events = Schema.Union([Schema.Literal("all"), EventNames, SignUps.SignUps]).annotate({
  message: "Expected all, a list of event names, or { name: { json: … }, signUps: [ … ] }"
})

/** A sender is looked up when the rest of the source is, so that everything wrong with it is told at once. */
const SenderName = Schema.String.check(
  Schema.isMinLength(1, {
    toJsonSchema: () => ({ enum: [...Senders.names, ...Object.keys(Senders.aliases)] })
  })
)

const Dedupe = Schema.Struct({
  window: durationText(
    "how long a delivery without an id counts as a retry of an earlier one with the same body. After that, or once the mapping has changed, it is a new sign-up. Default: as long as the sender retries, else 24 hours"
  )
})

const HeaderName = Schema.String.check(
  Schema.isPattern(/^[\w!#$%&'*+.^`|~-]+$/, { expected: "the name of a header" })
)

export const SourceConfig = Schema.Struct({
  sender: SenderName.annotateKey({
    description:
      "the kind of system that sends: it presets the signature scheme, the delivery id and the place of the address. custom for any other, with verify"
  }),
  verify: Schema.optionalKey(
    SchemeConfig.pipe(
      Schema.annotateEncoded({
        description: "how deliveries are signed, in place of the sender's own scheme"
      })
    )
  ),
  secrets: Schema.optionalKey(Schema.Array(SecretRef.SourceSecretRef)).annotateKey({
    description: "any of them may have signed, so that a secret can be rotated without a gap"
  }),
  verifyToken: Schema.optionalKey(SecretRef.SecretRef).annotateKey({
    description: "for Meta, which asks for it before it sends anything: the token typed into its dashboard"
  }),
  limit: Schema.optionalKey(RateConfig).annotateKey({
    description:
      "rate and burst of verified deliveries that each relay accepts; further ones are refused with Retry-After. Default: unlimited"
  }),
  deliveryId: Schema.optionalKey(DeliveryId.DeliveryId).annotateKey({
    description:
      "what makes two deliveries one and the same, in place of the sender's: a header, a path into the body, a field of a form. Without an id, the body is compared within dedupe.window"
  }),
  dedupe: Schema.optionalKey(Dedupe).annotateKey({
    description: "how a delivery without an id is recognized as a retry: by its body, for a while"
  }),
  spot: Schema.NonEmptyString.annotateKey({ description: "the name of the Spot to invite with" }),
  invite: Invite.annotateKey({ description: "who is invited to what" }),
  events: Schema.optionalKey(Events).annotateKey({
    description:
      "the events that are sign-ups; the others are kept and ignored. all, a list of names, or { name, signUps } where the sender's place of the name is not known. Default: the sender's own list, else all"
  }),
  when: Schema.optionalKey(Expression).annotateKey({
    description:
      "a JSONata expression over the body: a webhook for which it means no (false, 0, no, off, nothing) is kept and ignored"
  }),
  answer: Schema.optionalKey(Answer.Answer).annotateKey({
    description:
      "what a delivery that is accepted is answered with. Default: what the sender expects, else the webhook's id and status as JSON"
  }),
  expires: Schema.optionalKey(TimeOrDurationText).annotateKey({
    description:
      "when its invitations expire: a time (2026-12-01T18:00:00Z), or a duration after the webhook was received (2 hours). Default: never"
  }),
  keepHeaders: Schema.optionalKey(Schema.Array(HeaderName)).annotateKey({
    description:
      "headers that its webhooks keep, besides the usual ones, the sender's own and those that the expressions name. List those whose names an expression computes. Names of credentials are refused. Default: none"
  }),
  reinviteAfter: Schema.optionalKey(
    durationText(
      "the age at which a finished invitation to the Live can be followed by a new one for the same person. Default: never"
    )
  )
})

export type SourceConfig = typeof SourceConfig.Type

/** What is right of a source whose shape is wrong elsewhere. A secret that is wrong leaves its place. */
export const SourceDraft = SourceConfig.mapFields((fields) => ({
  ...Struct.map(fields, Schema.optionalKey),
  secrets: Schema.optionalKey(Schema.Array(Schema.UndefinedOr(SecretRef.SourceSecretRef))),
  invite: Schema.optionalKey(Invite.mapFields(Struct.map(Schema.optionalKey)))
}))

export type SourceDraft = typeof SourceDraft.Type
