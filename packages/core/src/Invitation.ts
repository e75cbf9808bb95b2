/**
 * One person to one Live: what a program asks for.
 *
 * Source: https://help-api.meltingspot.io/operation/operation-inviteliveparticipant
 */
import { Schema } from "effect"
import { flawOf } from "./internal/address.ts"

/** A dot segment would climb out of the path, whatever the escaping; a lone surrogate can't be escaped; an address would reach logs. */
const isLiveId = Schema.isPattern(/^(?!\.{1,2}$)[^\s\p{Cc}\p{Cs}@]+$/u, {
  expected: 'the id of a Live: not empty, without spaces, control characters or "@", and neither "." nor ".."'
})

const isSendable = Schema.isPattern(/^[^\s\p{Cc}\p{Cs}]+$/u, {
  expected: "an email address or a Spot member id: not empty, without spaces or control characters"
})

/** What has an "@" is sent as an address, and the upstream refuses one that is none. */
const isAddressOrId = Schema.makeFilter(
  (member: string) => !isAddress(member) || flawOf(member) === undefined,
  { expected: 'an email address where it has an "@": a name, one "@" and a domain with a dot' }
)

/**
 * The id of a Live. The reference says `string`, its webhooks show UUIDs: any id is taken that can stand in a path.
 *
 * @category schemas
 */
export const LiveId = Schema.String.check(isLiveId).annotate({ identifier: "LiveId" })

/**
 * Whom to invite: an email address, or the id of an existing Spot member. Any text without an `@` can be an id here;
 * `Member.parse` reads what people write, and is strict about ids.
 *
 * @category schemas
 */
export const Member = Schema.String.check(isSendable, isAddressOrId, Schema.isMaxLength(320)).annotate({
  identifier: "Member"
})

/**
 * An invitation of one person to one Live. An optional field that is `undefined` is not sent.
 *
 * @category schemas
 */
export const Invitation = Schema.Struct({
  /** The Live that the person is invited to. */
  liveId: LiveId,
  /** An email address or a Spot member id. Personal data: keep it out of logs. */
  member: Member,
  /** The Spot member on whose initiative the invitation is made. Optional. */
  invitedBySpotMemberId: Schema.optional(Schema.NonEmptyString),
  /** `true` sends a notification mail to the member. Optional; the reference states no default. */
  withEmailNotification: Schema.optional(Schema.Boolean)
})

/**
 * What a program asks for: one person, invited to one Live.
 *
 * @category models
 */
export interface Invitation extends Schema.Schema.Type<typeof Invitation> {}

/**
 * Whether a member is named by address rather than by Spot member id.
 *
 * @category guards
 */
export const isAddress = (member: string): boolean => member.includes("@")

/**
 * The same for two ways to write one person: an address without case, a Spot member id as it is.
 *
 * @category accessors
 */
export const memberKey = (member: string): string =>
  isAddress(member) ? member.normalize("NFC").toLowerCase() : member
