/**
 * A member who was invited to a Live, as the upstream describes them.
 *
 * Source: https://help-api.meltingspot.io/operation/operation-inviteliveparticipant
 */
import { Schema, SchemaTransformation } from "effect"
import { openEnum } from "./internal/openEnum.ts"
import { pageOf } from "./internal/pageOf.ts"

/**
 * The status of a participant: `Accepted`, `Invited` or `Declined`. Undocumented values are accepted.
 *
 * @category schemas
 */
export const ParticipantStatus = openEnum(["Accepted", "Invited", "Declined"])

/**
 * The status of a participant. Undocumented values are accepted.
 *
 * @category models
 */
export type ParticipantStatus = typeof ParticipantStatus.Type

/**
 * The role of a participant in the Live: `Participant`, `Speaker` or `Host`. Undocumented values are accepted.
 *
 * @category schemas
 */
export const ParticipantType = openEnum(["Participant", "Speaker", "Host"])

/**
 * The role of a participant in the Live. Undocumented values are accepted.
 *
 * @category models
 */
export type ParticipantType = typeof ParticipantType.Type

/**
 * A name. The reference declares `object | null` and shows `{}`, most likely a generator's rendering of a nullable
 * string: an object is read as `null`.
 */
const Name = Schema.Union([Schema.String, Schema.Null, Schema.Record(Schema.String, Schema.Unknown)]).pipe(
  Schema.decodeTo(
    Schema.NullOr(Schema.String),
    SchemaTransformation.transform<string | null, string | null | { readonly [key: string]: unknown }>({
      decode: (name) => (typeof name === "string" ? name : null),
      encode: (name) => name
    })
  )
)

const Timestamp = Schema.NullOr(Schema.DateTimeUtcFromString)

/**
 * The activity of a participant.
 *
 * @category schemas
 */
export const ParticipantMetrics = Schema.Struct({
  /** Integer; the reference names no unit. */
  viewTime: Schema.NullOr(Schema.Int),
  /** Whether the participant has seen the replay of the Live. */
  hasReplayed: Schema.NullOr(Schema.Boolean),
  /** Whether the participant has participated in the Live. */
  hasParticipated: Schema.NullOr(Schema.Boolean)
})

/**
 * The body of a `201`. Unknown extra fields are ignored.
 *
 * @category schemas
 */
export class Participant extends Schema.Class<Participant>("@usher/core/Participant")({
  /** The id of the participant. */
  id: Schema.String,
  /** The Live the participant was invited to. */
  liveId: Schema.String,
  /** The Spot member behind the participant. */
  spotMemberId: Schema.String,
  /** Personal data: keep it out of logs. */
  spotMemberEmail: Schema.String,
  /** `null` for a participant invited by address who has not given a name. */
  spotMemberFirstname: Name,
  /** `null` for a participant invited by address who has not given a name. */
  spotMemberLastname: Name,
  /** The status. */
  status: ParticipantStatus,
  /** The role in the Live. */
  type: ParticipantType,
  /** When the invitation was made. On the wire an ISO 8601 date-time. */
  invitedAt: Timestamp,
  /** When the participant registered. On the wire an ISO 8601 date-time. */
  registeredAt: Timestamp,
  /** Required by the reference, which does not say what it means; speakers can be `highlighted`. */
  isHighlighted: Schema.Boolean,
  /** The activity. */
  metrics: ParticipantMetrics
}) {}

/**
 * One page of a list.
 *
 * Source: https://help-api.meltingspot.io/operation/operation-listliveparticipants
 *
 * @category schemas
 */
export const ParticipantPage = pageOf(Participant)

/**
 * One page of the participants of a Live.
 *
 * @category models
 */
export interface ParticipantPage extends Schema.Schema.Type<typeof ParticipantPage> {}
