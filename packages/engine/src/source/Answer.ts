/** The response of a source to the deliveries that it accepts. */
import { Schema } from "effect"
import type { Sender } from "@usher/signatures"

/**
 * Replaces the sender's usual response. Omitted fields keep their usual values.
 *
 * @category schemas
 */
export const Answer = Schema.Struct({
  status: Schema.optionalKey(
    Schema.Int.check(
      Schema.isBetween({ minimum: 200, maximum: 299 }, { message: "Expected a status from 200 to 299" })
    )
  ).annotateKey({ description: "the status, one that the sender counts as success" }),
  contentType: Schema.optionalKey(
    Schema.String.check(
      Schema.isPattern(
        /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?: *; *[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[ !#-[\]-~]*"))*$/,
        {
          message: "Expected a media type, such as text/xml; charset=utf-8"
        }
      )
    )
  ).annotateKey({ description: "the media type of the body, such as text/xml; charset=utf-8" }),
  body: Schema.optionalKey(
    Schema.String.check(
      Schema.makeFilter((body: string) => new TextEncoder().encode(body).length <= 4_096, {
        message: "Expected at most 4 KiB"
      })
    )
  ).annotateKey({ description: "the body, at most 4 KiB" })
})

/**
 * The response to an accepted delivery, in place of the sender's usual one.
 *
 * @category models
 */
export interface Answer extends Schema.Schema.Type<typeof Answer> {}

/**
 * A response that the sender would not count as success, or that HTTP does not allow.
 *
 * @category errors
 */
export class InvalidAnswer extends Schema.TaggedError<InvalidAnswer>()("InvalidAnswer", {
  /** The invalid field. */
  field: Schema.Literals(["status", "contentType", "body"]),
  /** Why it is invalid, as a sentence. */
  reason: Schema.String
}) {
  override get message() {
    return `answer.${this.field}: ${this.reason}`
  }
}

/** Statuses without a body. */
const bodiless: ReadonlySet<number> = new Set([204, 205])

/**
 * The first mistake in a response to this sender. Undefined if it is valid.
 *
 * @category checks
 */
export const wrongWith = (
  { name, acknowledge, disablingStatuses }: Sender.Sender,
  { status = acknowledge.status, contentType, body }: Answer
): InvalidAnswer | undefined => {
  const { statuses } = acknowledge
  if (disablingStatuses.includes(status)) {
    return new InvalidAnswer({ field: "status", reason: `${name} stops retrying after ${status}` })
  }
  if (statuses !== undefined && status !== acknowledge.status && !statuses.includes(status)) {
    const known = [...new Set([acknowledge.status, ...statuses])].join(", ")
    return new InvalidAnswer({ field: "status", reason: `${name} counts only ${known} as success` })
  }
  if (!bodiless.has(status)) return undefined
  if (body !== undefined && body !== "") {
    return new InvalidAnswer({ field: "body", reason: `a response with ${status} has no body` })
  }
  return contentType === undefined
    ? undefined
    : new InvalidAnswer({ field: "contentType", reason: `a response with ${status} has no body` })
}

/**
 * The complete response to accepted deliveries.
 *
 * @category models
 */
export interface Answering {
  /** The status of the response. */
  readonly status: number
  /** The media type of the body. */
  readonly type: string
  /** The body. Null: none. Default: the webhook's id and status as JSON. */
  readonly body?: string | null | undefined
}

/**
 * Combines the source's own response with the sender's usual one.
 *
 * @category constructors
 */
export const make = ({ acknowledge }: Sender.Sender, own: Answer = {}): Answering => {
  const { status = acknowledge.status } = own
  const body = bodiless.has(status) ? null : (own.body ?? acknowledge.content?.body)
  const usual = body === undefined ? "application/json" : "text/plain; charset=utf-8"
  return { status, type: own.contentType ?? acknowledge.content?.type ?? usual, body }
}
