import { ByteSize, Schema } from "effect"
import { remedy } from "./internal/rawBody.ts"

/**
 * A request whose raw body can't be read.
 *
 * - `TooLarge`: it is longer than `maxSize`. Answer 413.
 * - `AlreadyRead`: something read the body before, and did not keep its bytes. A mistake in the receiving program.
 * - `Parsed`: a body parser read the body and left a parsed value. A mistake in the receiving program.
 * - `Interrupted`: the sender closed the connection before the end of the body.
 *
 * @category errors
 * @since 0.1.0
 */
export class RequestUnreadable extends Schema.TaggedError<RequestUnreadable>(
  "@usher/signatures/RequestUnreadable"
)("RequestUnreadable", {
  /** The kind of trouble. */
  reason: Schema.Literals(["TooLarge", "AlreadyRead", "Parsed", "Interrupted"]),
  /** What happened and what to do, without a byte of the body. */
  message: Schema.String
}) {}

export const tooLarge = (maxSize: number) =>
  new RequestUnreadable({
    reason: "TooLarge",
    message: `The body is longer than ${ByteSize.format(ByteSize.bytes(maxSize))}: the option maxSize sets the limit`
  })

export const alreadyRead = () =>
  new RequestUnreadable({
    reason: "AlreadyRead",
    message: `Something has read the body of the request already. ${remedy}`
  })

export const parsed = () =>
  new RequestUnreadable({
    reason: "Parsed",
    message: `A body parser has read the body of the request and left a parsed value. ${remedy}`
  })

export const interrupted = () =>
  new RequestUnreadable({
    reason: "Interrupted",
    message: "The connection was closed before the end of the body"
  })
