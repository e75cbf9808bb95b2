import { Schema } from "effect"

/**
 * Why a body can't be decompressed.
 *
 * - `UnknownCoding`: its Content-Encoding names a coding other than gzip, deflate and br.
 * - `TooManyCodings`: more of them than are undone.
 * - `BrokenData`: its bytes are not what the coding makes.
 * - `TooLarge`: it is longer than the limit once it is decompressed, or grows by more than 200 times.
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
 * A body whose Content-Encoding can't be undone. Its message names the coding and holds nothing of the body.
 *
 * @category errors
 */
export class EncodingUnreadable extends Schema.TaggedError<EncodingUnreadable>(
  "@usher/signatures/EncodingUnreadable"
)("EncodingUnreadable", {
  /** The kind of trouble. */
  reason: Reason,
  /** What can't be undone and why. */
  message: Schema.String
}) {}
