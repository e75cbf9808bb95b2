/**
 * The results of invitations that do not reject.
 */
import type {
  MalformedPayloadError,
  PayloadTooLargeError,
  UndecodableAnswerError,
  UnexpectedStatusError,
  UpstreamUnavailableError
} from "./InviteError.ts"
import type { Participant } from "./Participant.ts"

/**
 * The member was invited by this call.
 *
 * @category models
 */
export interface NewlyInvited {
  /** Which result this is. */
  readonly outcome: "Invited"
  /** The member as a participant. */
  readonly participant: Participant
}

/**
 * The member was a participant before.
 *
 * @category models
 */
export interface InvitedBefore {
  /** Which result this is. */
  readonly outcome: "AlreadyInvited"
}

/**
 * The result of `ensureInvited`: either way, the member is invited.
 *
 * @category models
 */
export type EnsureResult = NewlyInvited | InvitedBefore

/**
 * The row and the member of a result.
 *
 * @category models
 */
export interface ResultOf<Row> {
  /** Your row. Without rows, the member. */
  readonly row: Row
  /** The member of the row. Personal data: keep it out of logs. */
  readonly member: string
}

/**
 * The member was invited.
 *
 * @category models
 */
export interface InvitedResult<Row> extends ResultOf<Row>, NewlyInvited {}

/**
 * The member was a participant before, or is repeated in the batch.
 *
 * @category models
 */
export interface AlreadyInvitedResult<Row> extends ResultOf<Row>, InvitedBefore {}

/**
 * The member was invited, but the response can't be read.
 *
 * @category models
 */
export interface UndecodableResult<Row> extends ResultOf<Row> {
  /** Which result this is. */
  readonly outcome: "Undecodable"
  /** Where the answer departs from the contract. */
  readonly error: UndecodableAnswerError
}

/**
 * The upstream refuses this member. Others are not affected.
 *
 * @category models
 */
export interface RejectedResult<Row> extends ResultOf<Row> {
  /** Which result this is. */
  readonly outcome: "Rejected"
  /** Why the upstream refuses this member. */
  readonly error: MalformedPayloadError | PayloadTooLargeError | UnexpectedStatusError
}

/**
 * The upstream gives no usable answer about this member, while it answers for others. Invite again later.
 *
 * @category models
 */
export interface UnansweredResult<Row> extends ResultOf<Row> {
  /** Which result this is. */
  readonly outcome: "Unanswered"
  /** What happened instead of an answer. */
  readonly error: UpstreamUnavailableError
}

/**
 * One result for each row of a batch, in the order of the rows.
 *
 * @category models
 */
export type InviteResult<Row> =
  | InvitedResult<Row>
  | AlreadyInvitedResult<Row>
  | UndecodableResult<Row>
  | RejectedResult<Row>
  | UnansweredResult<Row>
