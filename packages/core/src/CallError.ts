/**
 * Why a call that concerns no Live failed: the tags of `InviteError`, with the call in place of the Live.
 *
 * One `catchTag` serves both families. No message holds a person's address: `call` is a template, without ids.
 */
import { Schema } from "effect"
import {
  answered,
  malformed,
  type Permanent,
  permanent,
  quote,
  rateLimited,
  rateLimitedMessage,
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

const about = {
  /** Method and path template of the call, such as `GET /v1/spotMembers/{spotMemberId}`. */
  call: Schema.String
}

/**
 * The upstream refuses the body of this call (`400`, `422`), or this package refuses the call before it is made. The same
 * call fails again: correct it.
 *
 * @category errors
 */
export class MalformedPayload extends permanent(
  Schema.TaggedError<MalformedPayload, Permanent>("@usher/core/CallError/MalformedPayload")(
    "MalformedPayload",
    { ...about, ...malformed }
  )
) {
  override get message() {
    const who = this.reason === "BeforeCall" ? "Not sent" : "MeltingSpot refuses the request"
    return `${who}: ${this.call} is malformed${quote(this.answer)}`
  }
}

/**
 * The upstream does not accept the secret key (`401`), or does not allow it this call (`403`). Concerns the whole Spot:
 * correct the key.
 *
 * @category errors
 */
export class Unauthorized extends permanent(
  Schema.TaggedError<Unauthorized, Permanent>("@usher/core/CallError/Unauthorized")("Unauthorized", {
    ...about,
    ...unauthorized
  })
) {
  override get message() {
    return unauthorizedMessage(this, this.call)
  }
}

/**
 * The resource that the path names does not exist for this key (`404`): a Spot member, a group, or the route itself.
 *
 * @category errors
 */
export class ResourceNotFound extends permanent(
  Schema.TaggedError<ResourceNotFound, Permanent>("@usher/core/ResourceNotFound")("ResourceNotFound", {
    ...about,
    ...answered
  })
) {
  override get message() {
    return `MeltingSpot knows nothing at ${this.call} (404): check the ids, and that the key belongs to their Spot`
  }
}

/**
 * The body is too large (`413`): send less at once.
 *
 * @category errors
 */
export class PayloadTooLarge extends permanent(
  Schema.TaggedError<PayloadTooLarge, Permanent>("@usher/core/CallError/PayloadTooLarge")("PayloadTooLarge", {
    ...about,
    ...answered
  })
) {
  override get message() {
    return `MeltingSpot says that the payload of ${this.call} is too large: send less at once`
  }
}

/**
 * The budget is spent (`429`). Concerns every call with this key: wait.
 *
 * @category errors
 */
export class RateLimited extends transient(
  Schema.TaggedError<RateLimited, Transient>("@usher/core/CallError/RateLimited")("RateLimited", {
    ...about,
    ...rateLimited
  })
) {
  override get message() {
    return rateLimitedMessage(this, this.call)
  }
}

/**
 * No usable answer: a server error, an answer that is not the API's, a cut connection or a timeout. A `GET` can be
 * retried; for any other call, `mayHaveArrived` says whether it may have taken effect.
 *
 * @category errors
 */
export class UpstreamUnavailable extends transient(
  Schema.TaggedError<UpstreamUnavailable, Transient>("@usher/core/CallError/UpstreamUnavailable")(
    "UpstreamUnavailable",
    { ...about, ...unavailable }
  )
) {
  override get message() {
    return unavailableMessage(this, this.call, "the base URL and the path")
  }
}

/**
 * The call succeeded (`2xx`), but its answer can't be read.
 *
 * @category errors
 */
export class UndecodableAnswer extends permanent(
  Schema.TaggedError<UndecodableAnswer, Permanent>("@usher/core/CallError/UndecodableAnswer")(
    "UndecodableAnswer",
    { ...about, ...undecodable }
  )
) {
  override get message() {
    return `${this.call} succeeded, but MeltingSpot's ${this.status} can't be read: ${this.issue}`
  }
}

/**
 * A 4xx without a tag of its own, which a retry does not change. Also a `400` to a call without a body, such as a list
 * whose filter the upstream refuses.
 *
 * @category errors
 */
export class UnexpectedStatus extends permanent(
  Schema.TaggedError<UnexpectedStatus, Permanent>("@usher/core/CallError/UnexpectedStatus")(
    "UnexpectedStatus",
    { ...about, ...unexpected }
  )
) {
  override get message() {
    return unexpectedMessage(this, this.call)
  }
}

/**
 * Every error of a call.
 *
 * @category errors
 */
export const CallError = Schema.Union([
  MalformedPayload,
  Unauthorized,
  ResourceNotFound,
  PayloadTooLarge,
  RateLimited,
  UpstreamUnavailable,
  UndecodableAnswer,
  UnexpectedStatus
])

/**
 * Every error of a call.
 *
 * @category errors
 */
export type CallError = typeof CallError.Type

/**
 * Every error of a call without a body. A filter that the upstream refuses is an `UnexpectedStatus`.
 *
 * @category errors
 */
export type ReadError = Exclude<CallError, PayloadTooLarge>
