/**
 * The bodies of the webhooks that MeltingSpot sends, for programs and for sources of the relay.
 *
 * A body does not name its event: the type follows from the endpoint's configuration in the Spot, or from the fields of
 * the body. Svix delivers and signs them, so verify a delivery as the sender `meltingspot` of `@usher/signatures`.
 *
 * **Loops.** An invitation makes MeltingSpot send `live.participant.created`. A program that turns that event into an
 * invitation must never invite to the Live that the event is about, and must not lead from one Live back to itself.
 *
 * Source: https://www.svix.com/event-types/eu/org_2NPV59YAyerirDbCUuo15rSxhdc/ for the examples of the bodies, and
 * https://help.meltingspot.io/english/manage-spot/integrations/webhooks for the list of events.
 */
import { DateTime, Schema, SchemaTransformation } from "effect"
import { openEnum } from "./internal/openEnum.ts"
import { LiveStatus } from "./Live.ts"
import { ParticipantStatus } from "./Participant.ts"
import { SpotMemberStatus } from "./SpotMember.ts"

/**
 * The names of the events, as the catalogue spells them.
 *
 * Documented: the catalogue. UNKNOWN: the names of the events for a changed member, for answers to a registration form,
 * for a topic in a forum and for a completed step of a course, which the help page lists too.
 *
 * @category constants
 */
export const eventTypes = [
  "live.participant.created",
  "live.participant.updated",
  "live.updated",
  "member.created",
  "course.participant.created",
  "course.participant.status.updated",
  "document.updated"
] as const

/**
 * The name of an event.
 *
 * @category models
 */
export type EventType = (typeof eventTypes)[number]

/** The last second that a date can hold. */
const lastSecond = 8_640_000_000_000

/** "Dates provided in the webhooks are in UNIX TimeStamp format": seconds, as the examples show. */
const Seconds = Schema.Finite.check(Schema.isBetween({ minimum: -lastSecond, maximum: lastSecond })).pipe(
  Schema.decodeTo(
    Schema.DateTimeUtc,
    SchemaTransformation.transform({
      decode: (seconds: number): DateTime.Utc => DateTime.makeUnsafe(seconds * 1000),
      encode: (moment: DateTime.Utc) => DateTime.toEpochMillis(moment) / 1000
    })
  )
)

const text = Schema.optionalKey(Schema.NullOr(Schema.String))

/**
 * The member that an event is about.
 *
 * Documented: the catalogue's example. Assumed: everything but `id` and `email` can be null or missing.
 *
 * @category schemas
 */
export const Member = Schema.Struct({
  /** The Spot member id: the `member` of an invitation. */
  id: Schema.String,
  /** Personal data: keep it out of logs. */
  email: Schema.String,
  /** Personal data: keep it out of logs. */
  firstname: text,
  /** Personal data: keep it out of logs. */
  lastname: text,
  /** Such as a job title. */
  title: text,
  /** The status of the member in the Spot. */
  status: Schema.optionalKey(SpotMemberStatus)
})

/**
 * The member that an event is about.
 *
 * @category models
 */
export interface Member extends Schema.Schema.Type<typeof Member> {}

/** The fields of every event. */
const common = {
  /** When it happened. On the wire, Unix seconds. */
  occurredAt: Seconds,
  /** The Spot. The example of `document.updated` has none. */
  spot: Schema.optionalKey(Schema.Struct({ id: Schema.String, name: text })),
  /** `true` in a delivery of the Test button. */
  test: Schema.optionalKey(Schema.Boolean)
}

const liveFields = {
  /** The id of the Live. Never invite to this one because of its own event. */
  id: Schema.String,
  /** The title of the Live. */
  name: text
}

/**
 * `live.participant.created`, "when a participant signs up or is invited to your Live", and `live.participant.updated`.
 * The two bodies are alike: only the endpoint's configuration tells them apart.
 *
 * Documented: the catalogue's examples. UNKNOWN: which changes send `live.participant.updated`.
 *
 * @category schemas
 */
export const LiveParticipantEvent = Schema.Struct({
  ...common,
  /** The Live. */
  live: Schema.Struct(liveFields),
  /** The participant. */
  liveParticipant: Schema.Struct({
    /** The status of the participant. */
    status: ParticipantStatus
  }),
  /** The member behind the participant. */
  member: Member
})

/**
 * `live.participant.created` or `live.participant.updated`.
 *
 * @category models
 */
export interface LiveParticipantEvent extends Schema.Schema.Type<typeof LiveParticipantEvent> {}

/**
 * `live.updated`: a Live starts or stops.
 *
 * Documented: the catalogue's example. UNKNOWN: whether other changes send it.
 *
 * @category schemas
 */
export const LiveEvent = Schema.Struct({
  ...common,
  /** The Live. */
  live: Schema.Struct({
    ...liveFields,
    /** The status of the Live. */
    status: LiveStatus
  })
})

/**
 * A Live that starts or stops: `live.updated`.
 *
 * @category models
 */
export interface LiveEvent extends Schema.Schema.Type<typeof LiveEvent> {}

/**
 * `member.created`: a person joined the Spot or was invited to it.
 *
 * Documented: the catalogue's example. UNKNOWN: all keys of `utm`.
 *
 * @category schemas
 */
export const MemberEvent = Schema.Struct({
  ...common,
  /** The member. */
  member: Schema.Struct({
    ...Member.fields,
    /** Where they came from, by the parameters of the link: `campaign`, `content`, `medium` and others. */
    utm: Schema.optionalKey(Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown)))
  })
})

/**
 * A member of the Spot who is new: `member.created`.
 *
 * @category models
 */
export interface MemberEvent extends Schema.Schema.Type<typeof MemberEvent> {}

/**
 * The status of the participant of a course. Undocumented values are accepted.
 *
 * Documented: the catalogue's examples show `Started` and `Completed`.
 *
 * @category schemas
 */
export const CourseParticipantStatus = openEnum(["Started", "Completed"])

/**
 * The status of the participant of a course.
 *
 * @category models
 */
export type CourseParticipantStatus = typeof CourseParticipantStatus.Type

/**
 * `course.participant.created` and `course.participant.status.updated`. The two bodies are alike: only the endpoint's
 * configuration tells them apart.
 *
 * Documented: the catalogue's examples, for the names of the fields. Assumed: a course has `id` and `name` as a Live has.
 *
 * @category schemas
 */
export const CourseParticipantEvent = Schema.Struct({
  ...common,
  /** The course. */
  course: Schema.Struct({ id: Schema.String, name: text }),
  /** The participant. */
  courseParticipant: Schema.Struct({
    /** The status of the participant. */
    status: CourseParticipantStatus
  }),
  /** The member behind the participant. */
  member: Member
})

/**
 * `course.participant.created` or `course.participant.status.updated`.
 *
 * @category models
 */
export interface CourseParticipantEvent extends Schema.Schema.Type<typeof CourseParticipantEvent> {}

/**
 * `document.updated`: a document of a collection changed.
 *
 * Documented: the catalogue's example. UNKNOWN: the values of `privacy`, `status` and `type`.
 *
 * @category schemas
 */
export const DocumentEvent = Schema.Struct({
  ...common,
  /** The collection. */
  collection: Schema.Struct({ id: Schema.String, name: text, privacy: Schema.optionalKey(Schema.Unknown) }),
  /** The document. */
  document: Schema.Struct({ id: Schema.String, title: text, status: text, type: text })
})

/**
 * A document that changed: `document.updated`.
 *
 * @category models
 */
export interface DocumentEvent extends Schema.Schema.Type<typeof DocumentEvent> {}

/**
 * Any of these events, distinguished by their fields: for an endpoint that receives several. Match with
 * `"liveParticipant" in event`, `"courseParticipant" in event`, `"document" in event`, `"live" in event`; any other
 * event is `member.created`. An event with other fields fails to decode, unless it has a `member`.
 *
 * @category schemas
 */
export const Event = Schema.Union([
  LiveParticipantEvent,
  CourseParticipantEvent,
  DocumentEvent,
  LiveEvent,
  MemberEvent
])

/**
 * Any of these events.
 *
 * @category models
 */
export type Event = typeof Event.Type
