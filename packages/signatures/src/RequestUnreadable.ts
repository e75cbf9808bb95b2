import { Schema } from "effect"

/**
 * A request whose raw body can't be read.
 *
 * - `TooLarge`: it is longer than `maxSize`. Answer 413.
 * - `AlreadyRead`: the program read the body before, and did not keep its bytes. A mistake in the receiving program.
 * - `Parsed`: a body parser read the body and left a parsed value. A mistake in the receiving program.
 * - `Interrupted`: the sender closed the connection before the end of the body.
 *
 * @category errors
 */
export class RequestUnreadable extends Schema.TaggedError<RequestUnreadable>(
  "@usher/signatures/RequestUnreadable"
)("RequestUnreadable", {
  /** The kind of failure. */
  reason: Schema.Literals(["TooLarge", "AlreadyRead", "Parsed", "Interrupted"]),
  /** What happened and what to do. It quotes nothing of the body. */
  message: Schema.String
}) {}
