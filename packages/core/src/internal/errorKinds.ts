/** What the errors of calls about a Live and of other calls share: their kinds, their fields and their messages. */
import { Duration, Schema } from "effect"
import { sayingOf } from "./causes.ts"

/** Marks the errors of this package after which the same call may succeed: a program's own errors may have their tags. */
export const retryable: unique symbol = Symbol.for("@usher/core/retryable")

/** An error after which the same call fails again. */
export interface Permanent {
  /** `false`: the same call fails again. */
  readonly isRetryable: false
  /** `undefined`: waiting does not help. */
  readonly retryAfter: undefined
}

/** An error after which the same call may succeed. */
export interface Transient {
  /** `true`: the same call may succeed later. */
  readonly isRetryable: true
  readonly [retryable]: true
}

const withProperties =
  (properties: PropertyDescriptorMap) =>
  <C extends object>(error: C): C => {
    Object.defineProperties(Reflect.get(error, "prototype"), properties)
    return error
  }

/** Gives an error class the properties of `Permanent`. */
export const permanent = withProperties({ isRetryable: { value: false }, retryAfter: { value: undefined } })

/** Gives an error class the properties of `Transient`. */
export const transient = withProperties({ isRetryable: { value: true }, [retryable]: { value: true } })

export const answered = {
  /** An excerpt of the upstream's answer: one line, at most 300 characters, without addresses. */
  answer: Schema.optional(Schema.String)
}

export const malformed = {
  /** `BeforeCall`: no request was made, and `answer` says why. `Refused`: the upstream refused the payload. */
  reason: Schema.Literals(["BeforeCall", "Refused"]),
  ...answered
}

export const unauthorized = {
  /** The HTTP status. */
  status: Schema.Literals([401, 403]),
  ...answered
}

export const rateLimited = {
  /** The wait that the upstream asked for, capped at `maxRetryAfter`. Optional. In JSON, milliseconds. */
  retryAfter: Schema.optional(Schema.DurationFromMillis),
  ...answered
}

export const unavailable = {
  /**
   * `ServerError`: 5xx, 408 or 425. `NotTheApi`: a redirect, or a page or other text instead of JSON, with any status.
   * `Unreachable`: no connection was made. `Disconnected`: the connection broke. `Timeout`: no answer in time.
   */
  reason: Schema.Literals(["ServerError", "NotTheApi", "Unreachable", "Disconnected", "Timeout"]),
  /** Whether the request may have reached the upstream and taken effect. */
  mayHaveArrived: Schema.Boolean,
  /** The HTTP status, if there was an answer. */
  status: Schema.optional(Schema.Int),
  /**
   * The system's name for the cause, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. This package names the causes that have
   * none: `TLS_EXPECTED`, `TLS_CLOSED`, `NOT_HTTP`, `CLOSED_WITHOUT_ANSWER`, and `PROXY_` before a failure at a proxy.
   * `InviteError.codeMeaning` explains a code.
   */
  code: Schema.optional(Schema.String),
  ...rateLimited
}

export const undecodable = {
  /** The HTTP status, 2xx. */
  status: Schema.Int,
  /** Where the body departs from the schema, and how. */
  issue: Schema.String,
  ...answered
}

export const unexpected = {
  /** The HTTP status, 4xx. */
  status: Schema.Int,
  ...answered
}

type Fields<F extends Schema.Struct.Fields> = Schema.Struct<F>["Type"]

/** `text` after a colon, if there is one. */
export const quote = (text: string | undefined) => (text ? `: ${text}` : "")

export const unauthorizedMessage = ({ status }: Fields<typeof unauthorized>, subject: string) => {
  const why = status === 401 ? "does not accept the secret key" : "does not allow the secret key to do this"
  return `MeltingSpot ${why} (${status}, ${subject}): check the key, and whether the Authorization prefix is "" or "Bearer "`
}

export const rateLimitedMessage = ({ retryAfter }: Fields<typeof rateLimited>, subject: string) =>
  `MeltingSpot limits the rate (429, ${subject}${retryAfter ? `, retry after ${Duration.format(retryAfter)}` : ""})`

/** `toCheck` is what to check after an answer that is not the API's. */
export const unavailableMessage = (
  { status, reason, code, mayHaveArrived }: Fields<typeof unavailable>,
  subject: string,
  toCheck: string
) => {
  const what = {
    ServerError: `answered ${status ?? "with a server error"}`,
    NotTheApi: `answered ${status === undefined ? "" : `${status} `}with something that is not the API's: check ${toCheck}`,
    Unreachable: "can't be reached",
    Disconnected: "cut the connection",
    Timeout: "did not answer in time"
  }[reason]
  const meaning = code === undefined ? undefined : sayingOf(code)
  return `MeltingSpot ${what}${quote(meaning)} (${code ? `${code}, ` : ""}${subject}, the request ${mayHaveArrived ? "may have arrived" : "did not arrive"})`
}

export const unexpectedMessage = ({ status, answer }: Fields<typeof unexpected>, subject: string) =>
  `MeltingSpot answered ${status} (${subject})${quote(answer)}`
