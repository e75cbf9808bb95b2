/**
 * People from a list instead of from a sender: kept as a webhook of its own kind, so that whoever was invited by an import
 * has a story like everybody else. It is mapped without a configured source.
 */
import { Option, Schema } from "effect"
import { Invitation, InvitationPayload } from "@usher/core"
import type { NewWebhook, Webhook } from "@usher/model/Webhook"
import type { Mapped } from "../ports/Mapped.ts"
import { withMember } from "../source/people.ts"

/**
 * Stands for the source and for the sender of what was imported. No configured sender has this name.
 *
 * @category constants
 */
export const name = "import"

/**
 * Some people to one Live.
 *
 * @category schemas
 */
export const People = Schema.Struct({
  /** The Spot that sends the invitations. */
  spot: Schema.String,
  /** The Live that they are invited to. */
  liveId: Invitation.LiveId,
  /** Read when it is mapped: what an older version took need not be what is taken now. */
  members: Schema.Array(Schema.NonEmptyString),
  /** The Spot member who invites them. Optional. */
  invitedBySpotMemberId: InvitationPayload.InvitationPayload.fields.invitedBySpotMemberId,
  /** Whether the upstream notifies them by email. Optional; the upstream documents no default. */
  withEmailNotification: InvitationPayload.InvitationPayload.fields.withEmailNotification
})

/**
 * People of a list, to be invited to one Live.
 *
 * @category models
 */
export interface People extends Schema.Schema.Type<typeof People> {}

const Body = Schema.fromJsonString(People)
const encode = Schema.encodeSync(Body)
const decode = Schema.decodeOption(Body)

/**
 * To be accepted by the Inbox. The same people to the same Live are a duplicate within 24 hours, so that an import which
 * broke off can be repeated. Later they are a new import.
 *
 * @category constructors
 */
export const webhook = (people: People): NewWebhook => {
  const body = new TextEncoder().encode(encode(people))
  return {
    source: name,
    sender: name,
    deliveryId: null,
    headers: { "content-type": "application/json" },
    body,
    content: body,
    traceparent: null,
    lane: "import"
  }
}

/**
 * What an import asks for; nothing where it is something else.
 *
 * @category decoding
 */
export const read = ({ sender, body }: Webhook): People | undefined =>
  sender === name ? Option.getOrUndefined(decode(new TextDecoder().decode(body))) : undefined

/**
 * One invitation for each of the people.
 *
 * @category mapping
 */
export const mapped = (people: People): Mapped => ({
  status: "mapped",
  invitations: people.members.map((member) => withMember(people, member)),
  reason: null
})
