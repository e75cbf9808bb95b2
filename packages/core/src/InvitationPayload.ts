/**
 * The bodies of the calls that invite, named as on the wire.
 */
import { Schema } from "effect"
import { Member } from "./Invitation.ts"

/**
 * The fields of the body, named as on the wire.
 *
 * @category schemas
 */
export const InvitationPayload = Schema.Struct({
  /** An email address or a Spot member id. Personal data: keep it out of logs. */
  member: Member,
  /** The Spot member who invites. */
  invitedBySpotMemberId: Schema.optionalKey(Schema.NonEmptyString),
  /** `true` sends a notification mail to the member. The reference states no default. */
  withEmailNotification: Schema.optionalKey(Schema.Boolean)
})

/**
 * The body of the call that invites many, named as on the wire.
 *
 * Source: https://help-api.meltingspot.io/operation/operation-inviteliveparticipants
 *
 * @category schemas
 */
export const BulkInvitationPayload = Schema.Struct({
  /** The members to invite, by address and by Spot member id. */
  members: Schema.Struct({
    spotMemberIds: Schema.optionalKey(Schema.Array(Member)),
    /** Personal data: keep it out of logs. */
    emails: Schema.optionalKey(Schema.Array(Member))
  }),
  /** The Spot member who invites. */
  invitedBySpotMemberId: InvitationPayload.fields.invitedBySpotMemberId,
  /** `true` sends a notification mail to each of them. */
  withEmailNotification: InvitationPayload.fields.withEmailNotification
})

/**
 * The body of the call that invites many.
 *
 * @category models
 */
export interface BulkInvitationPayload extends Schema.Schema.Type<typeof BulkInvitationPayload> {}
