/**
 * One way of the upstream to misbehave, and which calls it meets. Its parts go together: a call may be kept waiting and
 * then be answered 503.
 */
import { Duration, Schema } from "effect"
import { type Asked, Operation } from "./Operation.ts"

/**
 * Which calls a fault meets: those that have all that is named.
 *
 * @category schemas
 */
export const On = Schema.Struct({
  /** What the call asks for. Default: anything. */
  operation: Schema.optionalKey(Operation),
  /** The HTTP method, in any case. Default: any. */
  method: Schema.optionalKey(Schema.String),
  /** The Live that the call is about. Default: any. */
  liveId: Schema.optionalKey(Schema.String)
})

/** The value of a header is sent unchanged. */
const HeaderValue = Schema.String.check(Schema.isPattern(/^[\x20-\x7e]*$/))

const Span = Schema.DurationFromString.check(
  Schema.makeFilter((span) => Duration.isPositive(span) || "Give a positive duration, such as 2 seconds")
)

const fields = {
  /** For so many calls, or until it is taken back. */
  times: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  /** Default: every call. */
  on: Schema.optionalKey(On),
  /** Answered instead of acting, unless the fault `acts`. */
  status: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 }))),
  /** The header: seconds, or an HTTP date. */
  retryAfter: Schema.optionalKey(HeaderValue),
  /** In place of the answer's own. */
  body: Schema.optionalKey(Schema.String),
  /** A body that is not the API's: half of the JSON, or the page of some proxy. */
  garbage: Schema.optionalKey(Schema.Literals(["truncated", "html"])),
  /** In place of the answer's own. */
  contentType: Schema.optionalKey(HeaderValue),
  /** How long the answer is kept back. What the call does is done before. */
  delay: Schema.optionalKey(Span),
  /** How long the bytes of the body take to trickle out. */
  drip: Schema.optionalKey(Span),
  /** The connection is cut in place of an answer, before the call acts or after. */
  cut: Schema.optionalKey(Schema.Literals(["before", "after"])),
  /** Whether the call acts. Default: unless there is a `status`, or it is cut `before`. */
  acts: Schema.optionalKey(Schema.Boolean),
  /** No fault at all: a script lets some calls through with it. */
  pass: Schema.optionalKey(Schema.Literal(true))
}

const showing = ["body", "garbage", "contentType", "retryAfter", "drip"] as const

/**
 * A fault. In JSON, durations are texts such as `2 seconds`.
 *
 * @category schemas
 */
export const Fault = Schema.Struct(fields).check(
  Schema.makeFilter((fault) => {
    const issues: Array<Schema.FilterIssue> = []
    const refuse = (field: keyof typeof fields, issue: string) => issues.push({ path: [field], issue })
    const { status, cut, pass, delay } = fault
    const shown = showing.filter((field) => fault[field] !== undefined)
    if (status === undefined && cut === undefined && delay === undefined && !pass && shown.length === 0) {
      refuse("status", "Say what goes wrong: a status, delay, cut, garbage, body, contentType or drip")
    }
    if (pass && Object.keys(fault).some((key) => !["pass", "times", "on"].includes(key))) {
      refuse("pass", "What passes has no fault: leave the rest away, or this")
    }
    for (const field of shown)
      if (cut !== undefined) refuse(field, "A cut connection gives no answer to show this")
    if (cut !== undefined && status !== undefined) refuse("status", "A cut connection gives no status")
    if (cut !== undefined && fault.acts !== undefined) refuse("acts", "The cut says it: before or after")
    if (fault.body !== undefined && fault.garbage !== undefined) refuse("garbage", "There is a body already")
    return issues
  })
)

/**
 * A fault.
 *
 * @category models
 */
export interface Fault extends Schema.Schema.Type<typeof Fault> {}

/**
 * A fault as it is written down: `{ status: 503, times: 2 }`, `{ delay: "2 seconds" }`.
 *
 * @category models
 */
export interface FaultInput extends Schema.Codec.Encoded<typeof Fault> {}

/**
 * Faults in their order: each call meets the first that is for it.
 *
 * @category schemas
 */
export const Script = Schema.Array(Fault)

/**
 * Whether a fault meets this call.
 *
 * @category guards
 */
export const isFor = ({ on = {} }: Fault, call: Asked & { readonly method: string }): boolean =>
  (on.operation === undefined || on.operation === call.operation) &&
  (on.method === undefined || on.method.toUpperCase() === call.method) &&
  (on.liveId === undefined || on.liveId === call.liveId)
