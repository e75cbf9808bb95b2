import { Schema } from "effect"

/**
 * Why a body can't be decompressed.
 *
 * - `UnknownCoding`: its Content-Encoding names a coding other than gzip, deflate and br.
 * - `TooManyCodings`: it has more than three codings.
 * - `BrokenData`: its bytes are damaged, or were not compressed.
 * - `TooLarge`: it exceeds the size limit after decompression, or grows by more than 200 times.
 *
 * @category errors
 */
export const Reason = Schema.Literals(["UnknownCoding", "TooManyCodings", "BrokenData", "TooLarge"])

/**
 * Why a body can't be decompressed, as one word.
 *
 * @category errors
 */
export type Reason = typeof Reason.Type

/**
 * A body that can't be decompressed. Its message names the coding and holds nothing of the body.
 *
 * @category errors
 */
export class EncodingUnreadable extends Schema.TaggedError<EncodingUnreadable>(
  "@usher/signatures/EncodingUnreadable"
)("EncodingUnreadable", {
  /** The kind of failure. */
  reason: Reason,
  /** What can't be decompressed, and why. */
  message: Schema.String
}) {}
