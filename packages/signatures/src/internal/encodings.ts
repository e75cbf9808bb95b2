/** Why a Content-Encoding can't be undone, as errors. */
import { ByteSize } from "effect"
import { EncodingUnreadable } from "../EncodingUnreadable.ts"

export const unknown = (coding: string) => {
  const named = /^[\w.+-]{1,30}$/.test(coding) ? coding : "that the request names"
  return new EncodingUnreadable({
    reason: "UnknownCoding",
    message: `the content encoding ${named} is not supported: gzip, deflate and br are`
  })
}

export const tooMany = (most: number) =>
  new EncodingUnreadable({
    reason: "TooManyCodings",
    message: `the body has more than ${most} content encodings`
  })

export const broken = (coding: string) =>
  new EncodingUnreadable({
    reason: "BrokenData",
    message: `the content encoding is ${coding}, but the body can't be decompressed by it: it is damaged or was not compressed`
  })

export const tooLarge = (coding: string, limit: number) =>
  new EncodingUnreadable({
    reason: "TooLarge",
    message: `the body, compressed by ${coding}, is longer than ${ByteSize.format(ByteSize.bytes(limit))} once it is decompressed`
  })
