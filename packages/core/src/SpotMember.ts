/**
 * A member of a Spot, as the upstream describes them.
 *
 * Source: https://help-api.meltingspot.io/operation/operation-getspotmember
 */
import { Schema } from "effect"
import { openEnum } from "./internal/openEnum.ts"
import { pageOf } from "./internal/pageOf.ts"

/**
 * The id of a Spot member. The reference says `string`, its examples show UUIDs: any id that fits in a path is accepted,
 * except an address.
 *
 * @category schemas
 */
export const SpotMemberId = Schema.String.check(
  Schema.isPattern(/^(?!\.{1,2}$)[^\s\p{Cc}\p{Cs}@]+$/u, {
    expected:
      'the id of a Spot member: not empty, without spaces, control characters or "@", and neither "." nor ".."'
  })
).annotate({ identifier: "SpotMemberId" })

/**
 * The status of a member. Undocumented values are accepted.
 *
 * Documented: operation-getspotmember.
 *
 * @category schemas
 */
export const SpotMemberStatus = openEnum([
  "Accepted",
  "Deactivated",
  "DeclinedInvitation",
  "Invited",
  "Left",
  "Pending",
  "Rejected"
])

/**
 * The status of a member.
 *
 * @category models
 */
export type SpotMemberStatus = typeof SpotMemberStatus.Type

/**
 * The role of a member: `Member` or `Admin`. Undocumented values are accepted.
 *
 * Documented: operation-getspotmember.
 *
 * @category schemas
 */
export const SpotMemberRole = openEnum(["Member", "Admin"])

/**
 * The role of a member.
 *
 * @category models
 */
export type SpotMemberRole = typeof SpotMemberRole.Type

/**
 * The language of a member. Undocumented values are accepted.
 *
 * Documented: operation-getspotmember.
 *
 * @category schemas
 */
export const SpotMemberLanguage = openEnum(["en", "fr", "de", "it", "es", "pt", "nl"])

/**
 * The language of the member.
 *
 * @category models
 */
export type SpotMemberLanguage = typeof SpotMemberLanguage.Type

/** "Timestamp in ms". */
const Timestamp = Schema.NullOr(Schema.DateTimeUtcFromMillis)

/**
 * A member of a Spot. Unknown extra fields are ignored.
 *
 * Documented: operation-getspotmember, operation-invitespotmember. Every field but `lastActivityAt` is required there.
 * Assumed: the names can be null for a person invited by address, as in a participant.
 *
 * @category schemas
 */
export class SpotMember extends Schema.Class<SpotMember>("@usher/core/SpotMember")({
  /** The id of the member, for `Speakers.inviteBulk` and `Groups.add`. */
  id: Schema.String,
  /** The Spot. */
  spotId: Schema.String,
  /** The account behind the member, which may belong to several Spots. `null` before they register. */
  userId: Schema.NullOr(Schema.String),
  /** Personal data: keep it out of logs. */
  email: Schema.String,
  /** Personal data: keep it out of logs. */
  firstname: Schema.NullOr(Schema.String),
  /** Personal data: keep it out of logs. */
  lastname: Schema.NullOr(Schema.String),
  /** Such as a job title. */
  title: Schema.NullOr(Schema.String),
  /** Their language. */
  lang: SpotMemberLanguage,
  /** Their role. */
  role: SpotMemberRole,
  /** Their custom role in the Spot, if they have one. */
  customRoleId: Schema.NullOr(Schema.String),
  /** Their status. */
  status: SpotMemberStatus,
  /** A number; what it counts is UNKNOWN. */
  warnings: Schema.Finite,
  /** Base URLs by name, of which `default` is one. What they are for is UNKNOWN. */
  embedBaseUrls: Schema.Record(Schema.String, Schema.String),
  /** When the member was changed. On the wire, milliseconds. */
  updatedAt: Timestamp,
  /** When the member was active. On the wire, milliseconds. Older copies of the reference lack it. */
  lastActivityAt: Schema.optionalKey(Timestamp)
}) {}

/**
 * One page of members.
 *
 * Documented: https://help.meltingspot.io/manage-spot/integrations/api/endpoints-les-membres-du-spot
 *
 * @category schemas
 */
export const SpotMemberPage = pageOf(SpotMember)

/**
 * One page of members.
 *
 * @category models
 */
export interface SpotMemberPage extends Schema.Schema.Type<typeof SpotMemberPage> {}
