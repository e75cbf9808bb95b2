/**
 * Why a call that concerns no Live failed: the tags of `InviteError`, with the call in place of the Live.
 *
 * One `catchTag` serves both families. No message holds a person's address: `call` is a template, without ids.
 */
import { Duration, Schema } from "effect"
import { sayingOf } from "./internal/causes.ts"
import { retryable } from "./internal/retryable.ts"

const about = {
  /** Method and path template of the call, such as `GET /v1/spotMembers/{spotMemberId}`. */
  call: Schema.String
}
const answer = Schema.optional(Schema.String)
const retryAfterMillis = Schema.optional(Schema.DurationFromMillis)

const quote = (text: string | undefined) => (text ? `: ${text}` : "")

/**
 * The upstream refuses the body of this call (`400`, `422`), or the call was refused before it was made. The same call
 * will be refused again: mend it.
 *
 * @category errors
 */
export class MalformedPayload extends Schema.TaggedError<MalformedPayload>(
  "@usher/core/CallError/MalformedPayload"
)("MalformedPayload", {
  ...about,
  /** `BeforeCall`: no request was made, `answer` says why. `Refused`: the upstream's answer. */
  reason: Schema.Literals(["BeforeCall", "Refused"]),
  /** A piece of what the upstream said: one line, at most 300 characters, without addresses. */
  answer
}) {
  /** `false`: the same call fails again. */
  get isRetryable(): false {
    return false
  }
  /** `undefined`: waiting does not help. */
  get retryAfter(): undefined {
    return undefined
  }
  override get message() {
    const who = this.reason === "BeforeCall" ? "Not sent" : "The upstream refuses the request"
    return `${who}: ${this.call} is malformed${quote(this.answer)}`
  }
}

/**
 * The secret key is not accepted (`401`) or may not do this (`403`). Concerns the whole Spot: mend the key.
 *
 * @category errors
 */
export class Unauthorized extends Schema.TaggedError<Unauthorized>("@usher/core/CallError/Unauthorized")(
  "Unauthorized",
  {
    ...about,
    /** The upstream's. */
    status: Schema.Literals([401, 403]),
    /** A piece of what the upstream said: one line, at most 300 characters, without addresses. */
    answer
  }
) {
  /** `false`: the same call fails again. */
  get isRetryable(): false {
    return false
  }
  /** `undefined`: waiting does not help. */
  get retryAfter(): undefined {
    return undefined
  }
  override get message() {
    const why =
      this.status === 401 ? "does not accept the secret key" : "does not allow the secret key to do this"
    return `The upstream ${why} (${this.status}, ${this.call}): check the key, and whether the Authorization prefix is "" or "Bearer "`
  }
}

/**
 * What the path names does not exist for this key (`404`): a Spot member, a group, or the route itself.
 *
 * @category errors
 */
export class ResourceNotFound extends Schema.TaggedError<ResourceNotFound>("@usher/core/ResourceNotFound")(
  "ResourceNotFound",
  {
    ...about,
    /** A piece of what the upstream said: one line, at most 300 characters, without addresses. */
    answer
  }
) {
  /** `false`: the same call fails again. */
  get isRetryable(): false {
    return false
  }
  /** `undefined`: waiting does not help. */
  get retryAfter(): undefined {
    return undefined
  }
  override get message() {
    return `The upstream knows nothing at ${this.call} (404): check the ids, and that the key belongs to their Spot`
  }
}

/**
 * The body is too large (`413`): send less at once.
 *
 * @category errors
 */
export class PayloadTooLarge extends Schema.TaggedError<PayloadTooLarge>(
  "@usher/core/CallError/PayloadTooLarge"
)("PayloadTooLarge", {
  ...about,
  /** A piece of what the upstream said: one line, at most 300 characters, without addresses. */
  answer
}) {
  /** `false`: the same call fails again. */
  get isRetryable(): false {
    return false
  }
  /** `undefined`: waiting does not help. */
  get retryAfter(): undefined {
    return undefined
  }
  override get message() {
    return `The upstream says that the payload of ${this.call} is too large: send less at once`
  }
}

/**
 * The budget is spent (`429`). Concerns every call with this key: wait.
 *
 * @category errors
 */
export class RateLimited extends Schema.TaggedError<RateLimited>("@usher/core/CallError/RateLimited")(
  "RateLimited",
  {
    ...about,
    /** How long the upstream asked to wait, if it did, capped at `maxRetryAfter`. In JSON, milliseconds. */
    retryAfter: retryAfterMillis,
    /** A piece of what the upstream said: one line, at most 300 characters, without addresses. */
    answer
  }
) {
  /** `true`: the same call may succeed later. */
  get isRetryable(): true {
    return true
  }
  get [retryable](): true {
    return true
  }
  override get message() {
    const wait = this.retryAfter ? `, retry after ${Duration.format(this.retryAfter)}` : ""
    return `The upstream limits the rate (429, ${this.call}${wait})`
  }
}

/**
 * No usable answer: a server error, an answer that is not the API's, a cut connection or a timeout. A `GET` can be
 * retried; of another call, `mayHaveArrived` says whether it may have had its effect.
 *
 * @category errors
 */
export class UpstreamUnavailable extends Schema.TaggedError<UpstreamUnavailable>(
  "@usher/core/CallError/UpstreamUnavailable"
)("UpstreamUnavailable", {
  ...about,
  /** As in `InviteError.UpstreamUnavailable`. */
  reason: Schema.Literals(["ServerError", "NotTheApi", "Unreachable", "Disconnected", "Timeout"]),
  /** Whether the request may have reached the upstream and taken effect. */
  mayHaveArrived: Schema.Boolean,
  /** The upstream's, where it gave one. */
  status: Schema.optional(Schema.Int),
  /** What the system calls the cause, such as `ECONNREFUSED`. `InviteError.codeMeaning` says it in words. */
  code: Schema.optional(Schema.String),
  /** How long the upstream asked to wait, if it did, capped at `maxRetryAfter`. In JSON, milliseconds. */
  retryAfter: retryAfterMillis,
  /** A piece of what the upstream said: one line, at most 300 characters, without addresses. */
  answer
}) {
  /** `true`: the same call may succeed later. */
  get isRetryable(): true {
    return true
  }
  get [retryable](): true {
    return true
  }
  override get message() {
    const status = this.status === undefined ? "" : ` ${this.status}`
    const what = {
      ServerError: `answered${status || " with a server error"}`,
      NotTheApi: `answered${status} with something that is not the API's: check the base URL and the path`,
      Unreachable: "can't be reached",
      Disconnected: "cut the connection",
      Timeout: "did not answer in time"
    }[this.reason]
    const code = this.code ? `${this.code}, ` : ""
    const meaning = this.code === undefined ? undefined : sayingOf(this.code)
    return `The upstream ${what}${quote(meaning)} (${code}${this.call}, the request ${this.mayHaveArrived ? "may have arrived" : "did not arrive"})`
  }
}

/**
 * The call succeeded (`2xx`), but its answer can't be read.
 *
 * @category errors
 */
export class UndecodableAnswer extends Schema.TaggedError<UndecodableAnswer>(
  "@usher/core/CallError/UndecodableAnswer"
)("UndecodableAnswer", {
  ...about,
  /** The upstream's, 2xx. */
  status: Schema.Int,
  /** Where the body departs from the schema, and how. */
  issue: Schema.String,
  /** A piece of what the upstream said: one line, at most 300 characters, without addresses. */
  answer
}) {
  /** `false`: the same call fails again. */
  get isRetryable(): false {
    return false
  }
  /** `undefined`: waiting does not help. */
  get retryAfter(): undefined {
    return undefined
  }
  override get message() {
    return `${this.call} succeeded, but the upstream's ${this.status} can't be read: ${this.issue}`
  }
}

/**
 * A 4xx without a tag of its own, which a retry will not change: also a `400` to a call without a body, such as a list
 * whose filter the upstream refuses.
 *
 * @category errors
 */
export class UnexpectedStatus extends Schema.TaggedError<UnexpectedStatus>(
  "@usher/core/CallError/UnexpectedStatus"
)("UnexpectedStatus", {
  ...about,
  /** The upstream's, 4xx. */
  status: Schema.Int,
  /** A piece of what the upstream said: one line, at most 300 characters, without addresses. */
  answer
}) {
  /** `false`: the same call fails again. */
  get isRetryable(): false {
    return false
  }
  /** `undefined`: waiting does not help. */
  get retryAfter(): undefined {
    return undefined
  }
  override get message() {
    return `The upstream answered ${this.status} (${this.call})${quote(this.answer)}`
  }
}

/**
 * All that a call can fail with.
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
 * All that a call can fail with.
 *
 * @category errors
 */
export type CallError =
  | MalformedPayload
  | Unauthorized
  | ResourceNotFound
  | PayloadTooLarge
  | RateLimited
  | UpstreamUnavailable
  | UndecodableAnswer
  | UnexpectedStatus

/**
 * All that a call without a body can fail with. A filter that the upstream refuses is an `UnexpectedStatus`.
 *
 * @category errors
 */
export type ReadError =
  | MalformedPayload
  | Unauthorized
  | ResourceNotFound
  | RateLimited
  | UpstreamUnavailable
  | UndecodableAnswer
  | UnexpectedStatus
