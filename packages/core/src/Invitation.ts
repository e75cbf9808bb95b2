/**
 * An invitation of one person to one Live.
 *
 * Source: https://help-api.meltingspot.io/operation/operation-inviteliveparticipant
 */
import { Schema } from "effect"
import { flawOf } from "./internal/address.ts"

/** No dot segment, which would leave the path; no lone surrogate, which can't be escaped; no address, which would reach logs. */
const isLiveId = Schema.isPattern(/^(?!\.{1,2}$)[^\s\p{Cc}\p{Cs}@]+$/u, {
  expected: 'the id of a Live: not empty, without spaces, control characters or "@", and neither "." nor ".."'
})

const isSendable = Schema.isPattern(/^[^\s\p{Cc}\p{Cs}]+$/u, {
  expected: "an email address or a Spot member id: not empty, without spaces or control characters"
})

/** A text with an "@" is sent as an address, and the upstream refuses a malformed one. */
const isAddressOrId = Schema.makeFilter(
  (member: string) => !isAddress(member) || flawOf(member) === undefined,
  { expected: 'an email address where it has an "@": a name, one "@" and a domain with a dot' }
)

/**
 * The id of a Live. The reference says `string`, its webhooks show UUIDs: any id that fits in a path is accepted.
 *
 * @category schemas
 */
export const LiveId = Schema.String.check(isLiveId).annotate({ identifier: "LiveId" })

/**
 * The person to invite: an email address, or the id of an existing Spot member. Any text without an `@` is accepted as an
 * id; `Member.parse` reads texts that people write, and is strict about ids.
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
  /** The Spot member who invites. Optional. */
  invitedBySpotMemberId: Schema.optional(Schema.NonEmptyString),
  /** `true` sends a notification mail to the member. Optional; the reference states no default. */
  withEmailNotification: Schema.optional(Schema.Boolean)
})

/**
 * An invitation of one person to one Live.
 *
 * @category models
 */
export interface Invitation extends Schema.Schema.Type<typeof Invitation> {}

/**
 * Whether a member is an address rather than a Spot member id.
 *
 * @category guards
 */
export const isAddress = (member: string): boolean => member.includes("@")

/**
 * A key that is equal for two spellings of one person: an address in lower case, a Spot member id unchanged.
 *
 * @category accessors
 */
export const memberKey = (member: string): string =>
  isAddress(member) ? member.normalize("NFC").toLowerCase() : member
