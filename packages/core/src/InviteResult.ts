/**
 * The results of a batch: one for each member.
 */
import { Schema } from "effect"
import {
  MalformedPayload,
  PayloadTooLarge,
  UndecodableAnswer,
  UnexpectedStatus,
  UpstreamUnavailable
} from "./InviteError.ts"
import { Participant } from "./Participant.ts"

/** The member as the batch names them. Personal data: keep it out of logs. */
const member = Schema.String

/**
 * The upstream's answer lists the member.
 *
 * @category schemas
 */
export const Invited = Schema.TaggedStruct("Invited", {
  /** The member as the caller names them. Personal data: keep it out of logs. */
  member,
  /** The participant in the upstream's answer. */
  participant: Participant
})

/**
 * The member is invited now.
 *
 * @category models
 */
export interface Invited extends Schema.Schema.Type<typeof Invited> {}

/**
 * The member was already a participant, or is repeated in the same chunk.
 *
 * @category schemas
 */
export const AlreadyInvited = Schema.TaggedStruct("AlreadyInvited", {
  /** The member as the caller names them. Personal data: keep it out of logs. */
  member
})

/**
 * The member was invited before.
 *
 * @category models
 */
export interface AlreadyInvited extends Schema.Schema.Type<typeof AlreadyInvited> {}

/**
 * The member is invited, but the participant in the answer can't be read; `error.issue` says where.
 *
 * @category schemas
 */
export const Undecodable = Schema.TaggedStruct("Undecodable", {
  /** The member as the caller names them. Personal data: keep it out of logs. */
  member,
  /** The part of the answer that can't be read. */
  error: UndecodableAnswer
})

/**
 * The member is invited; only the participant is missing.
 *
 * @category models
 */
export interface Undecodable extends Schema.Schema.Type<typeof Undecodable> {}

/**
 * The upstream refuses this member. Others are not affected.
 *
 * @category schemas
 */
export const Rejected = Schema.TaggedStruct("Rejected", {
  /** The member as the caller names them. Personal data: keep it out of logs. */
  member,
  /** The reason. The same member is refused again. */
  error: Schema.Union([MalformedPayload, PayloadTooLarge, UnexpectedStatus])
})

/**
 * The member is not invited, and the same member is refused again.
 *
 * @category models
 */
export interface Rejected extends Schema.Schema.Type<typeof Rejected> {}

/**
 * The upstream gives no usable answer for this member, while it answers for others. The member may or may not be invited:
 * invite again later.
 *
 * @category schemas
 */
export const Unanswered = Schema.TaggedStruct("Unanswered", {
  /** The member as the caller names them. Personal data: keep it out of logs. */
  member,
  /** Why there is no answer. */
  error: UpstreamUnavailable
})

/**
 * Whether the member is invited is unknown.
 *
 * @category models
 */
export interface Unanswered extends Schema.Schema.Type<typeof Unanswered> {}

/**
 * One result for each member of a batch, in the order given.
 *
 * @category schemas
 */
export const InviteResult = Schema.Union([Invited, AlreadyInvited, Undecodable, Rejected, Unanswered]).pipe(
  Schema.toTaggedUnion("_tag")
)

/**
 * The result of one member of a batch.
 *
 * @category models
 */
export type InviteResult = Invited | AlreadyInvited | Undecodable | Rejected | Unanswered

/**
 * The success of `LiveParticipants.ensureInvited`: the member is invited, now or before.
 *
 * @category models
 */
export type Ensured = Invited | AlreadyInvited
