/**
 * The errors of a call: one class for each thing that a caller can do next, distinguished by `code`.
 *
 * No message contains an email address or the secret key.
 */

/**
 * The details of every error.
 *
 * @category models
 */
export interface ErrorDetails {
  /** The Live of the call. If an address was given instead, `[address]`. */
  readonly liveId: string
  /** An excerpt of the upstream's answer: one line, at most 300 characters, without addresses. */
  readonly answer?: string | undefined
  /** The wait that the upstream asks for, in milliseconds. At most `maxRetryAfter` of the client. */
  readonly retryAfter?: number | undefined
}

/** The base class. Not exported: `isInviteError` narrows to the union of the classes. */
abstract class CodedError<Code extends string> extends Error {
  /** Which error this is. Switch over it. */
  readonly code: Code
  /** Whether the same call can succeed later without any correction. */
  abstract readonly isRetryable: boolean
  /** The Live of the call. If an address was given instead, `[address]`. */
  readonly liveId: string
  /** An excerpt of the upstream's answer: one line, at most 300 characters, without addresses. */
  declare readonly answer: string | undefined
  /** The wait that the upstream asks for, in milliseconds. At most `maxRetryAfter` of the client. */
  declare readonly retryAfter: number | undefined

  constructor(code: Code, message: string, details: ErrorDetails) {
    super(message)
    Object.defineProperty(this, "name", { value: `${code}Error`, configurable: true, writable: true })
    this.code = code
    this.liveId = details.liveId
    // Absent details are not printed as `undefined`.
    for (const [name, value] of Object.entries(details)) {
      if (value !== undefined) Object.assign(this, { [name]: value })
    }
  }

  /** The same as `code`, for `Effect.catchTag` and other libraries that match errors by `_tag`. */
  get _tag(): Code {
    return this.code
  }
}

/**
 * The member is already a participant of the Live (200). Most callers treat this as success: `ensureInvited` does.
 *
 * @category errors
 */
export class AlreadyInvitedError extends CodedError<"AlreadyInvited"> {
  /** Always `false`. */
  readonly isRetryable = false
  constructor(message: string, details: ErrorDetails) {
    super("AlreadyInvited", message, details)
  }
}

/**
 * The details of a `MalformedPayloadError`.
 *
 * @category models
 */
export interface MalformedPayloadDetails extends ErrorDetails {
  /** `BeforeCall`: no request was sent, and `answer` names the field. `Refused`: the upstream refused it. */
  readonly reason: "BeforeCall" | "Refused"
}

/**
 * The invitation is malformed (400, 422), or is refused before it is sent. Correct it: the same one is refused again.
 *
 * @category errors
 */
export class MalformedPayloadError extends CodedError<"MalformedPayload"> {
  /** Always `false`. */
  readonly isRetryable = false
  /** `BeforeCall`: no request was sent, and `answer` names the field. `Refused`: the upstream refused it. */
  declare readonly reason: MalformedPayloadDetails["reason"]
  constructor(message: string, details: MalformedPayloadDetails) {
    super("MalformedPayload", message, details)
  }
}

/**
 * The details of an `UnauthorizedError`.
 *
 * @category models
 */
export interface UnauthorizedDetails extends ErrorDetails {
  /** The status of the answer. */
  readonly status: 401 | 403
}

/**
 * The secret key is not accepted (401), or does not allow this call (403). Every call of the Spot fails: correct the
 * key or `authorizationPrefix`.
 *
 * @category errors
 */
export class UnauthorizedError extends CodedError<"Unauthorized"> {
  /** Always `false`. */
  readonly isRetryable = false
  /** The status of the answer. */
  declare readonly status: UnauthorizedDetails["status"]
  constructor(message: string, details: UnauthorizedDetails) {
    super("Unauthorized", message, details)
  }
}

/**
 * The Live does not exist for this key (404). Every invitation to it fails.
 *
 * @category errors
 */
export class LiveNotFoundError extends CodedError<"LiveNotFound"> {
  /** Always `false`. */
  readonly isRetryable = false
  constructor(message: string, details: ErrorDetails) {
    super("LiveNotFound", message, details)
  }
}

/**
 * The call has too many members (413). `inviteMany` sends fewer at once by itself.
 *
 * @category errors
 */
export class PayloadTooLargeError extends CodedError<"PayloadTooLarge"> {
  /** Always `false`. */
  readonly isRetryable = false
  constructor(message: string, details: ErrorDetails) {
    super("PayloadTooLarge", message, details)
  }
}

/**
 * The upstream limits the rate (429). Every call with this key has to wait, for `retryAfter` if it is known.
 *
 * @category errors
 */
export class RateLimitedError extends CodedError<"RateLimited"> {
  /** Always `true`. */
  readonly isRetryable = true
  constructor(message: string, details: ErrorDetails) {
    super("RateLimited", message, details)
  }
}

/**
 * The details of an `UpstreamUnavailableError`.
 *
 * @category models
 */
export interface UpstreamUnavailableDetails extends ErrorDetails {
  /**
   * `ServerError`: 5xx, 408 or 425. `NotTheApi`: a redirect, or a page instead of JSON. `Unreachable`: no connection.
   * `Disconnected`: the connection broke. `Timeout`: no answer within `timeout`.
   */
  readonly reason: "ServerError" | "NotTheApi" | "Unreachable" | "Disconnected" | "Timeout"
  /** Whether the request may have reached the upstream and taken effect. */
  readonly mayHaveArrived: boolean
  /** The status of the answer, if there was one. */
  readonly status?: number | undefined
  /** The system's name for the cause, such as `ECONNREFUSED`, if there is one. */
  readonly systemCode?: string | undefined
}

/**
 * There is no usable answer: a server error, a page instead of JSON, no connection, or a timeout. Retry later: inviting
 * a member twice does no harm.
 *
 * @category errors
 */
export class UpstreamUnavailableError extends CodedError<"UpstreamUnavailable"> {
  /** Always `true`. */
  readonly isRetryable = true
  /** What happened: see `UpstreamUnavailableDetails`. */
  declare readonly reason: UpstreamUnavailableDetails["reason"]
  /** Whether the request may have reached the upstream and taken effect. */
  declare readonly mayHaveArrived: boolean
  /** The status of the answer, if there was one. */
  declare readonly status: number | undefined
  /** The system's name for the cause, such as `ECONNREFUSED`, if there is one. */
  declare readonly systemCode: string | undefined
  constructor(message: string, details: UpstreamUnavailableDetails) {
    super("UpstreamUnavailable", message, details)
  }
}

/**
 * The details of an `UndecodableAnswerError`.
 *
 * @category models
 */
export interface UndecodableAnswerDetails extends ErrorDetails {
  /** The status of the answer, 2xx. */
  readonly status: number
  /** Where the body departs from the contract, and how. */
  readonly issue: string
}

/**
 * The call succeeded (2xx), but its answer can't be read. Count the member as invited, and don't send again.
 *
 * @category errors
 */
export class UndecodableAnswerError extends CodedError<"UndecodableAnswer"> {
  /** Always `false`. */
  readonly isRetryable = false
  /** The status of the answer, 2xx. */
  declare readonly status: number
  /** Where the body departs from the contract, and how. */
  declare readonly issue: string
  constructor(message: string, details: UndecodableAnswerDetails) {
    super("UndecodableAnswer", message, details)
  }
}

/**
 * The details of an `UnexpectedStatusError`.
 *
 * @category models
 */
export interface UnexpectedStatusDetails extends ErrorDetails {
  /** The status of the answer, 4xx. */
  readonly status: number
}

/**
 * The contract has no such status, and a retry will not change it (a 4xx without a class of its own).
 *
 * @category errors
 */
export class UnexpectedStatusError extends CodedError<"UnexpectedStatus"> {
  /** Always `false`. */
  readonly isRetryable = false
  /** The status of the answer, 4xx. */
  declare readonly status: number
  constructor(message: string, details: UnexpectedStatusDetails) {
    super("UnexpectedStatus", message, details)
  }
}

/**
 * All errors of an invitation.
 *
 * @category errors
 */
export type InviteError =
  | AlreadyInvitedError
  | MalformedPayloadError
  | UnauthorizedError
  | LiveNotFoundError
  | PayloadTooLargeError
  | RateLimitedError
  | UpstreamUnavailableError
  | UndecodableAnswerError
  | UnexpectedStatusError

/**
 * Whether a caught value is an error of a call. It narrows to a union, so a `switch` over `code` can be exhaustive.
 *
 * @category guards
 */
export const isInviteError = (error: unknown): error is InviteError => error instanceof CodedError

/**
 * The client was closed: the call was aborted by `close`, or made after it.
 *
 * @category errors
 */
export class ClientClosedError extends Error {
  /** Always `ClientClosed`. */
  readonly code = "ClientClosed"
  constructor() {
    super("The client is closed: create another one, or close it after its last call")
    Object.defineProperty(this, "name", { value: "ClientClosedError", configurable: true, writable: true })
  }
}

/**
 * An invalid option. The message names it, and never contains the secret key.
 *
 * @category errors
 */
export class InvalidOptionError extends TypeError {
  /** Always `InvalidOption`. */
  readonly code = "InvalidOption"
  constructor(message: string) {
    super(message)
    Object.defineProperty(this, "name", { value: "InvalidOptionError", configurable: true, writable: true })
  }
}
