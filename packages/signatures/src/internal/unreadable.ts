/** The errors of a request whose body can't be read. */
import { ByteSize } from "effect"
import { RequestUnreadable } from "../RequestUnreadable.ts"
import { remedy } from "./rawBody.ts"

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
