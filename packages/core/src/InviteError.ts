/**
 * Why an invitation was not made: one tag for each thing the caller would do next.
 *
 * No message holds a person's address. `answer` is a bounded piece of what the upstream said, with addresses taken out.
 */
import { Duration, Predicate, Schema } from "effect"
import type * as CallError from "./CallError.ts"
import { sayingOf } from "./internal/causes.ts"
import { retryable } from "./internal/retryable.ts"

const live = {
  /** Which Live the call was about; where an address stood instead, `[address]`. */
  liveId: Schema.String
}
const answer = Schema.optional(Schema.String)
const retryAfterMillis = Schema.optional(Schema.DurationFromMillis)

const quote = (text: string | undefined) => (text ? `: ${text}` : "")

/**
 * The member already is a participant of the Live (`200`). Most callers treat it as success.
 *
 * @category errors
 */
export class AlreadyInvited extends Schema.TaggedError<AlreadyInvited>("@usher/core/AlreadyInvited")(
  "AlreadyInvited",
  live
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
    return `The member is already invited to Live ${this.liveId}`
  }
}

/**
 * The upstream refuses this payload (`400`, `422`), or it is refused before the call because the contract can't hold
 * it. The same payload will be refused again: mend it.
 *
 * @category errors
 */
export class MalformedPayload extends Schema.TaggedError<MalformedPayload>("@usher/core/MalformedPayload")(
  "MalformedPayload",
  {
    ...live,
    /** `BeforeCall`: no request was made, `answer` names the field. */
    reason: Schema.Literals(["BeforeCall", "Refused"]),
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
    const who =
      this.reason === "BeforeCall" ? "Not sent: the request for" : "The upstream says that the invitation to"
    return `${who} Live ${this.liveId} is malformed${quote(this.answer)}`
  }
}

/**
 * The secret key is not accepted (`401`) or may not do this (`403`). Concerns the whole Spot: mend the key.
 *
 * @category errors
 */
export class Unauthorized extends Schema.TaggedError<Unauthorized>("@usher/core/Unauthorized")(
  "Unauthorized",
  {
    ...live,
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
    return `The upstream ${why} (${this.status}, Live ${this.liveId}): check the key, and whether the Authorization prefix is "" or "Bearer "`
  }
}

/**
 * The Live does not exist for this key (`404`). Concerns every invitation to it.
 *
 * @category errors
 */
export class LiveNotFound extends Schema.TaggedError<LiveNotFound>("@usher/core/LiveNotFound")(
  "LiveNotFound",
  {
    ...live,
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
    return `The upstream knows no Live ${this.liveId}: check the id, and that the key belongs to its Spot`
  }
}

/**
 * Too many members in one call (`413`): send fewer at once.
 *
 * @category errors
 */
export class PayloadTooLarge extends Schema.TaggedError<PayloadTooLarge>("@usher/core/PayloadTooLarge")(
  "PayloadTooLarge",
  {
    ...live,
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
    return `The upstream says that the payload for Live ${this.liveId} is too large: send fewer members at once`
  }
}

/**
 * The budget is spent (`429`). Concerns every call with this key: wait.
 *
 * @category errors
 */
export class RateLimited extends Schema.TaggedError<RateLimited>("@usher/core/RateLimited")("RateLimited", {
  ...live,
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
    const wait = this.retryAfter ? `, retry after ${Duration.format(this.retryAfter)}` : ""
    return `The upstream limits the rate (429, Live ${this.liveId}${wait})`
  }
}

/**
 * No usable answer: a server error, an answer that is not the API's, a cut connection or a timeout. Retry later: the
 * upstream answers `200` to a member it already invited, so a repeated call does no harm.
 *
 * @category errors
 */
export class UpstreamUnavailable extends Schema.TaggedError<UpstreamUnavailable>(
  "@usher/core/UpstreamUnavailable"
)("UpstreamUnavailable", {
  ...live,
  /**
   * `ServerError`: 5xx, 408 or 425. `NotTheApi`: a redirect, or a page or other text where JSON was due, whatever its
   * status. `Unreachable`: no connection was made. `Disconnected`: the connection broke. `Timeout`: no answer in time.
   */
  reason: Schema.Literals(["ServerError", "NotTheApi", "Unreachable", "Disconnected", "Timeout"]),
  /** Whether the request may have reached the upstream and taken effect. */
  mayHaveArrived: Schema.Boolean,
  /** The upstream's, where it gave one. */
  status: Schema.optional(Schema.Int),
  /**
   * What the system calls the cause, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`, or where it has no name for it, this
   * package: `TLS_EXPECTED`, `TLS_CLOSED`, `NOT_HTTP`, `CLOSED_WITHOUT_ANSWER`, or `PROXY_` before what failed at a proxy.
   */
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
    const what = {
      ServerError: `answered ${this.status ?? "with a server error"}`,
      NotTheApi: `answered ${this.status === undefined ? "" : `${this.status} `}with something that is not the API's: check the base URL`,
      Unreachable: "can't be reached",
      Disconnected: "cut the connection",
      Timeout: "did not answer in time"
    }[this.reason]
    const code = this.code ? `${this.code}, ` : ""
    const saying = this.code === undefined ? undefined : sayingOf(this.code)
    return `The upstream ${what}${quote(saying)} (${code}Live ${this.liveId}, the request ${this.mayHaveArrived ? "may have arrived" : "did not arrive"})`
  }
}

/**
 * What the `code` of an `UpstreamUnavailable` says, as the end of a sentence; undefined of a code that is not known.
 *
 * @category accessors
 */
export const codeMeaning = (code: string): string | undefined => sayingOf(code)

/**
 * The upstream said that the call succeeded (`2xx`), but its answer can't be read. Count an invitation as made, and
 * never resend it blindly.
 *
 * @category errors
 */
export class UndecodableAnswer extends Schema.TaggedError<UndecodableAnswer>("@usher/core/UndecodableAnswer")(
  "UndecodableAnswer",
  {
    ...live,
    /** The upstream's, 2xx. */
    status: Schema.Int,
    /** Where the body departs from the contract, and how. */
    issue: Schema.String,
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
    return `The call about Live ${this.liveId} succeeded, but the upstream's ${this.status} can't be read: ${this.issue}`
  }
}

/**
 * A status that the contract does not know and that a retry will not change (a 4xx without a tag of its own).
 *
 * @category errors
 */
export class UnexpectedStatus extends Schema.TaggedError<UnexpectedStatus>("@usher/core/UnexpectedStatus")(
  "UnexpectedStatus",
  {
    ...live,
    /** The upstream's, 4xx. */
    status: Schema.Int,
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
    return `The upstream answered ${this.status} (Live ${this.liveId})${quote(this.answer)}`
  }
}

/**
 * All that `LiveParticipants.invite` can fail with.
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
 * All that `LiveParticipants.invite` can fail with.
 *
 * @category errors
 */
export type InviteError =
  | AlreadyInvited
  | MalformedPayload
  | Unauthorized
  | LiveNotFound
  | PayloadTooLarge
  | RateLimited
  | UpstreamUnavailable
  | UndecodableAnswer
  | UnexpectedStatus

/**
 * All that `LiveParticipants.ensureInvited` can fail with: `InviteError` without `AlreadyInvited`.
 *
 * @category errors
 */
export type EnsureError =
  | MalformedPayload
  | Unauthorized
  | LiveNotFound
  | PayloadTooLarge
  | RateLimited
  | UpstreamUnavailable
  | UndecodableAnswer
  | UnexpectedStatus

/**
 * All that `LiveParticipants.inviteBulk` can fail with.
 *
 * @category errors
 */
export type BulkError =
  | MalformedPayload
  | Unauthorized
  | LiveNotFound
  | PayloadTooLarge
  | RateLimited
  | UpstreamUnavailable
  | UnexpectedStatus

/**
 * All that `LiveParticipants.list` can fail with. A filter that the upstream refuses is an `UnexpectedStatus`.
 *
 * @category errors
 */
export type ListError =
  | MalformedPayload
  | Unauthorized
  | LiveNotFound
  | RateLimited
  | UpstreamUnavailable
  | UndecodableAnswer
  | UnexpectedStatus

/**
 * The errors of this package after which the same call may succeed without anybody mending anything.
 *
 * @category errors
 */
export type Retryable =
  | RateLimited
  | UpstreamUnavailable
  | CallError.RateLimited
  | CallError.UpstreamUnavailable

/**
 * Whether this is an error of this package after which the same call may succeed without anybody mending anything. Any
 * other value, an error of the program's own among them, is not. Usable as it is in `Effect.retry({ while })`.
 *
 * @category guards
 */
export const isRetryable = (error: unknown): error is Retryable => Predicate.hasProperty(error, retryable)

/**
 * How long the upstream asked to wait, if it did, capped at `maxRetryAfter` (default 1 hour). Undefined for any value
 * that is not an error of this package.
 *
 * @category accessors
 */
export const retryAfter = (error: unknown): Duration.Duration | undefined =>
  isRetryable(error) ? error.retryAfter : undefined
