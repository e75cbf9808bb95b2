/**
 * What became of one member of a batch.
 *
 * @since 0.1.0
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

/** As the batch named them. Personal data: keep it out of logs. */
const member = Schema.String

/**
 * One result for each member of a batch, in the order given:
 *
 * - `Invited`: the upstream's answer lists the member.
 * - `AlreadyInvited`: the member was a participant before, or stands earlier in the same chunk.
 * - `Undecodable`: invited too, but what the upstream said of the participant can't be read; `error.issue` is where.
 * - `Rejected`: the upstream refuses this member, alone as in a batch; nobody else is affected.
 * - `Unanswered`: the upstream gives no usable answer about this member, while it answers for others. The member may be
 *   invited or not: invite again later.
 *
 * @category schemas
 * @since 0.1.0
 */
export const InviteResult = Schema.TaggedUnion({
  Invited: { member, participant: Participant },
  AlreadyInvited: { member },
  Undecodable: { member, error: UndecodableAnswer },
  Rejected: { member, error: Schema.Union([MalformedPayload, PayloadTooLarge, UnexpectedStatus]) },
  Unanswered: { member, error: UpstreamUnavailable }
})

/**
 * @category models
 * @since 0.1.0
 */
export type InviteResult = typeof InviteResult.Type
