/**
 * Why an invitation was not made: one tag for each thing that the caller can do next.
 *
 * No message holds a person's address. `answer` is a bounded excerpt of the upstream's answer, without addresses.
 */
import { type Duration, Predicate, Schema } from "effect"
import type * as CallError from "./CallError.ts"
import { sayingOf } from "./internal/causes.ts"
import {
  answered,
  malformed,
  type Permanent,
  permanent,
  quote,
  rateLimited,
  rateLimitedMessage,
  retryable,
  type Transient,
  transient,
  unauthorized,
  unauthorizedMessage,
  unavailable,
  unavailableMessage,
  undecodable,
  unexpected,
  unexpectedMessage
} from "./internal/errorKinds.ts"

const live = {
  /** The Live of the call. If an address was given instead, `[address]`. */
  liveId: Schema.String
}

/**
 * The member is already a participant of the Live (`200`). Most callers treat it as success.
 *
 * @category errors
 */
export class AlreadyInvited extends permanent(
  Schema.TaggedError<AlreadyInvited, Permanent>("@usher/core/AlreadyInvited")("AlreadyInvited", live)
) {
  override get message() {
    return `The member is already invited to Live ${this.liveId}`
  }
}

/**
 * The upstream refuses this payload (`400`, `422`), or this package refuses it before the call because the contract can't
 * hold it. The same payload is refused again: correct it.
 *
 * @category errors
 */
export class MalformedPayload extends permanent(
  Schema.TaggedError<MalformedPayload, Permanent>("@usher/core/MalformedPayload")("MalformedPayload", {
    ...live,
    ...malformed
  })
) {
  override get message() {
    const who =
      this.reason === "BeforeCall" ? "Not sent: the request for" : "MeltingSpot says that the invitation to"
    return `${who} Live ${this.liveId} is malformed${quote(this.answer)}`
  }
}

/**
 * The upstream does not accept the secret key (`401`), or does not allow it this call (`403`). Concerns the whole Spot:
 * correct the key.
 *
 * @category errors
 */
export class Unauthorized extends permanent(
  Schema.TaggedError<Unauthorized, Permanent>("@usher/core/Unauthorized")("Unauthorized", {
    ...live,
    ...unauthorized
  })
) {
  override get message() {
    return unauthorizedMessage(this, `Live ${this.liveId}`)
  }
}

/**
 * The Live does not exist for this key (`404`). Concerns every invitation to it.
 *
 * @category errors
 */
export class LiveNotFound extends permanent(
  Schema.TaggedError<LiveNotFound, Permanent>("@usher/core/LiveNotFound")("LiveNotFound", {
    ...live,
    ...answered
  })
) {
  override get message() {
    return `MeltingSpot knows no Live ${this.liveId}: check the id, and that the key belongs to its Spot`
  }
}

/**
 * Too many members in one call (`413`): send fewer at once.
 *
 * @category errors
 */
export class PayloadTooLarge extends permanent(
  Schema.TaggedError<PayloadTooLarge, Permanent>("@usher/core/PayloadTooLarge")("PayloadTooLarge", {
    ...live,
    ...answered
  })
) {
  override get message() {
    return `MeltingSpot says that the payload for Live ${this.liveId} is too large: send fewer members at once`
  }
}

/**
 * The budget is spent (`429`). Concerns every call with this key: wait.
 *
 * @category errors
 */
export class RateLimited extends transient(
  Schema.TaggedError<RateLimited, Transient>("@usher/core/RateLimited")("RateLimited", {
    ...live,
    ...rateLimited
  })
) {
  override get message() {
    return rateLimitedMessage(this, `Live ${this.liveId}`)
  }
}

/**
 * No usable answer: a server error, an answer that is not the API's, a cut connection or a timeout. Retry later: the
 * upstream answers `200` for a member that it has already invited, so a repeated call does no harm.
 *
 * @category errors
 */
export class UpstreamUnavailable extends transient(
  Schema.TaggedError<UpstreamUnavailable, Transient>("@usher/core/UpstreamUnavailable")(
    "UpstreamUnavailable",
    { ...live, ...unavailable }
  )
) {
  override get message() {
    return unavailableMessage(this, `Live ${this.liveId}`, "the base URL")
  }
}

/**
 * Explains the `code` of an `UpstreamUnavailable`, as the end of a sentence. `undefined` for an unknown code.
 *
 * @category accessors
 */
export const codeMeaning = (code: string): string | undefined => sayingOf(code)

/**
 * The call succeeded (`2xx`), but its answer can't be read. Count the invitation as made, and never resend it blindly.
 *
 * @category errors
 */
export class UndecodableAnswer extends permanent(
  Schema.TaggedError<UndecodableAnswer, Permanent>("@usher/core/UndecodableAnswer")("UndecodableAnswer", {
    ...live,
    ...undecodable
  })
) {
  override get message() {
    return `The call about Live ${this.liveId} succeeded, but MeltingSpot's ${this.status} can't be read: ${this.issue}`
  }
}

/**
 * A 4xx without a tag of its own, which a retry does not change.
 *
 * @category errors
 */
export class UnexpectedStatus extends permanent(
  Schema.TaggedError<UnexpectedStatus, Permanent>("@usher/core/UnexpectedStatus")("UnexpectedStatus", {
    ...live,
    ...unexpected
  })
) {
  override get message() {
    return unexpectedMessage(this, `Live ${this.liveId}`)
  }
}

/**
 * Every error of `LiveParticipants.invite`.
 *
 * @category errors
 */
export const InviteError = /* @__PURE__ */ Schema.Union([
  AlreadyInvited,
  MalformedPayload,
  Unauthorized,
  LiveNotFound,
  PayloadTooLarge,
  RateLimited,
  UpstreamUnavailable,
  UndecodableAnswer,
  UnexpectedStatus
])

/**
 * Every error of `LiveParticipants.invite`.
 *
 * @category errors
 */
export type InviteError = typeof InviteError.Type

/**
 * Every error of `LiveParticipants.ensureInvited`: `InviteError` without `AlreadyInvited`.
 *
 * @category errors
 */
export type EnsureError = Exclude<InviteError, AlreadyInvited>

/**
 * Every error of `LiveParticipants.inviteBulk`.
 *
 * @category errors
 */
export type BulkError = Exclude<EnsureError, UndecodableAnswer>

/**
 * Every error of `LiveParticipants.list`. A filter that the upstream refuses is an `UnexpectedStatus`.
 *
 * @category errors
 */
export type ListError = Exclude<EnsureError, PayloadTooLarge>

/**
 * The errors of this package after which the same call may succeed without any correction.
 *
 * @category errors
 */
export type Retryable =
  | RateLimited
  | UpstreamUnavailable
  | CallError.RateLimited
  | CallError.UpstreamUnavailable

/**
 * Whether this is an error of this package after which the same call may succeed without any correction. `false` for any
 * other value, such as an error of the program's own. Usable as it is in `Effect.retry({ while })`.
 *
 * @category guards
 */
export const isRetryable = (error: unknown): error is Retryable => Predicate.hasProperty(error, retryable)

/**
 * The wait that the upstream asked for, capped at `maxRetryAfter` (default: 1 hour). `undefined` if it asked for none, and
 * for any value that is not an error of this package.
 *
 * @category accessors
 */
export const retryAfter = (error: unknown): Duration.Duration | undefined =>
  isRetryable(error) ? error.retryAfter : undefined
