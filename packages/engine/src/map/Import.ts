/**
 * Imports of people from a list. An import is stored as a webhook of its own kind, so that its invitations have a
 * history like all others. It needs no configured source.
 */
import { Option, Schema } from "effect"
import { Invitation, InvitationPayload } from "@usher/core"
import type { NewWebhook, Webhook } from "@usher/model/Webhook"
import type { Mapped } from "../ports/Mapped.ts"
import { withMember } from "../source/people.ts"

/**
 * The source and the sender of an import. No configured sender has this name.
 *
 * @category constants
 */
export const name = "import"

/**
 * People of a list, to invite to one Live.
 *
 * @category schemas
 */
export const People = Schema.Struct({
  /** The Spot that sends the invitations. */
  spot: Schema.String,
  /** The Live that they are invited to. */
  liveId: Invitation.LiveId,
  /** The members are read when the import is mapped, because the rules may have changed since it was stored. */
  members: Schema.Array(Schema.NonEmptyString),
  /** The Spot member who invites. Optional. */
  invitedBySpotMemberId: InvitationPayload.InvitationPayload.fields.invitedBySpotMemberId,
  /** Whether the upstream notifies by email. Optional; the upstream documents no default. */
  withEmailNotification: InvitationPayload.InvitationPayload.fields.withEmailNotification
})

/**
 * People of a list, to invite to one Live.
 *
 * @category models
 */
export interface People extends Schema.Schema.Type<typeof People> {}

const Body = Schema.fromJsonString(People)
const encode = Schema.encodeSync(Body)
const decode = Schema.decodeOption(Body)

/**
 * A webhook for `Inbox.accept`. The same people and Live are a duplicate within 24 hours, so that an interrupted import
 * can be repeated. Later, they are a new import.
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
 * The people of an import. Undefined for any other webhook.
 *
 * @category decoding
 */
export const read = ({ sender, body }: Webhook): People | undefined =>
  sender === name ? Option.getOrUndefined(decode(new TextDecoder().decode(body))) : undefined

/**
 * One invitation for each person.
 *
 * @category mapping
 */
export const mapped = (people: People): Mapped => ({
  status: "mapped",
  invitations: people.members.map((member) => withMember(people, member)),
  reason: null
})
