/**
 * A fault: how an emulated upstream misbehaves, and for which calls. Its parts combine: a call can be delayed and then be
 * answered 503.
 */
import { Duration, Schema } from "effect"
import { type Asked, Operation } from "./Operation.ts"

/**
 * Selects the calls that a fault applies to. Every given field has to match.
 *
 * @category schemas
 */
export const On = Schema.Struct({
  /** The operation of the call. Default: any. */
  operation: Schema.optionalKey(Operation),
  /** The HTTP method, in any case. Default: any. */
  method: Schema.optionalKey(Schema.String),
  /** The Live of the call. Default: any. */
  liveId: Schema.optionalKey(Schema.String)
})

/** Header values are sent unchanged. */
const HeaderValue = Schema.String.check(Schema.isPattern(/^[\x20-\x7e]*$/))

const Span = Schema.DurationFromString.check(
  Schema.makeFilter((span) => Duration.isPositive(span) || "Give a positive duration, such as 2 seconds")
)

const fields = {
  /** The number of calls that it applies to. Default: unlimited. */
  times: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  /** The calls that it applies to. Default: all. */
  on: Schema.optionalKey(On),
  /** The status of the answer. The call then has no effect, unless `acts` is true. */
  status: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 }))),
  /** The `Retry-After` header: seconds, or an HTTP date. */
  retryAfter: Schema.optionalKey(HeaderValue),
  /** Replaces the body of the answer. */
  body: Schema.optionalKey(Schema.String),
  /** A body that is not the API's: half of the JSON, or an HTML page of a proxy. */
  garbage: Schema.optionalKey(Schema.Literals(["truncated", "html"])),
  /** Replaces the content type of the answer. */
  contentType: Schema.optionalKey(HeaderValue),
  /** Delays the answer. The call takes effect before the delay. */
  delay: Schema.optionalKey(Span),
  /** Spreads the bytes of the body over this time. */
  drip: Schema.optionalKey(Span),
  /** Cuts the connection instead of answering, before or after the call takes effect. */
  cut: Schema.optionalKey(Schema.Literals(["before", "after"])),
  /** Whether the call takes effect. Default: `false` with a `status` or a cut `before`, else `true`. */
  acts: Schema.optionalKey(Schema.Boolean),
  /** Lets calls through without a fault. */
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
      refuse("status", "Give a status, delay, cut, garbage, body, contentType or drip")
    }
    if (pass && Object.keys(fault).some((key) => !["pass", "times", "on"].includes(key))) {
      refuse("pass", "A call that passes has no fault: remove pass, or the other fields")
    }
    for (const field of shown)
      if (cut !== undefined) refuse(field, "A cut connection has no answer: remove this field, or cut")
    if (cut !== undefined && status !== undefined)
      refuse("status", "A cut connection has no status: remove this field, or cut")
    if (cut !== undefined && fault.acts !== undefined)
      refuse("acts", "A cut decides this itself (before or after): remove this field")
    if (fault.body !== undefined && fault.garbage !== undefined)
      refuse("garbage", "There is already a body: remove this field, or body")
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
 * A fault as in JSON: `{ status: 503, times: 2 }`, `{ delay: "2 seconds" }`.
 *
 * @category models
 */
export interface FaultInput extends Schema.Codec.Encoded<typeof Fault> {}

/**
 * Faults in order: the first that matches a call applies to it.
 *
 * @category schemas
 */
export const Script = Schema.Array(Fault)

/**
 * Whether a fault applies to this call.
 *
 * @category guards
 */
export const isFor = ({ on = {} }: Fault, call: Asked & { readonly method: string }): boolean =>
  (on.operation === undefined || on.operation === call.operation) &&
  (on.method === undefined || on.method.toUpperCase() === call.method) &&
  (on.liveId === undefined || on.liveId === call.liveId)
