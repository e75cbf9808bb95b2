import { ByteSize, Schema } from "effect"

/**
 * Why a body can't be decompressed.
 *
 * - `UnknownCoding`: its Content-Encoding names a coding other than gzip, deflate and br.
 * - `TooManyCodings`: more of them than are undone.
 * - `BrokenData`: its bytes are not what the coding makes.
 * - `TooLarge`: it is longer than the limit once it is decompressed, or grows by more than 200 times.
 *
 * @category errors
 * @since 0.1.0
 */
export const Reason = Schema.Literals(["UnknownCoding", "TooManyCodings", "BrokenData", "TooLarge"])

/**
 * @category errors
 * @since 0.1.0
 */
export type Reason = typeof Reason.Type

/**
 * A body whose Content-Encoding can't be undone. Its message names the coding and holds nothing of the body.
 *
 * @category errors
 * @since 0.1.0
 */
export class EncodingUnreadable extends Schema.TaggedError<EncodingUnreadable>("@usher/signatures/EncodingUnreadable")("EncodingUnreadable", {
  reason: Reason,
  message: Schema.String
}) {
  static unknown(coding: string) {
    const named = /^[\w.+-]{1,30}$/.test(coding) ? coding : "that the request names"
    return new EncodingUnreadable({
      reason: "UnknownCoding",
      message: `the content encoding ${named} is not supported: gzip, deflate and br are`
    })
  }

  static tooMany(most: number) {
    return new EncodingUnreadable({
      reason: "TooManyCodings",
      message: `the body has more than ${most} content encodings`
    })
  }

  static broken(coding: string) {
    return new EncodingUnreadable({
      reason: "BrokenData",
      message: `the content encoding is ${coding}, but the body can't be decompressed by it: it is damaged or was not compressed`
    })
  }

  static tooLarge(coding: string, limit: number) {
    return new EncodingUnreadable({
      reason: "TooLarge",
      message: `the body, compressed by ${coding}, is longer than ${ByteSize.format(ByteSize.bytes(limit))} once it is decompressed`
    })
  }
}
