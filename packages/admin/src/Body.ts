/**
 * The body of a delivery.
 */
import { Option, Result, Schema } from "effect"
import { Base64 } from "effect/encoding"
import * as ExactJson from "@usher/signatures/ExactJson"

/**
 * A body, sent once: as text if it is JSON, else as bytes in base64. A compressed body is sent as both.
 *
 * @category schemas
 */
export const Body = Schema.Struct({
  /** The decompressed text. Absent if it is not JSON, is larger than 1 MiB or is nested more than 200 levels deep. */
  text: Schema.optionalKey(Schema.String),
  /** The bytes as sent, in base64. Absent if they are `text` in UTF-8. Empty after a purge or a forget. */
  base64: Schema.optionalKey(Schema.String),
  /** Absent if the sender did not compress the body, or if it can't be decompressed. */
  decompressed: Schema.optionalKey(
    Schema.Struct({
      /** The Content-Encoding, such as `gzip`. */
      encoding: Schema.String,
      /** The decompressed bytes. Absent beside `text`. */
      base64: Schema.optionalKey(Schema.String)
    })
  )
}).annotate({ identifier: "Body" })

/**
 * What the schema `Body` decodes to.
 *
 * @category models
 */
export interface Body extends Schema.Schema.Type<typeof Body> {}

const bytesOf = (text: string | undefined, base64 = ""): Uint8Array =>
  text === undefined
    ? Result.getOrElse(Base64.decode(base64), () => new Uint8Array())
    : new TextEncoder().encode(text)

/**
 * The bytes as sent.
 *
 * @category accessors
 */
export const sent = ({ text, base64 }: Body): Uint8Array =>
  bytesOf(base64 === undefined ? text : undefined, base64)

/**
 * The decompressed bytes. In UTF-8 if the body is JSON.
 *
 * @category accessors
 */
export const decompressed = ({ text, base64, decompressed }: Body): Uint8Array =>
  bytesOf(text, decompressed?.base64 ?? base64)

/**
 * The decompressed body as text. Bytes that are not UTF-8 become U+FFFD.
 *
 * @category accessors
 */
export const textOf = (body: Body): string => body.text ?? new TextDecoder().decode(decompressed(body))

/**
 * The parsed JSON, in which an integer that a double would round is a string of its digits. None if the body is sent as bytes.
 *
 * @category accessors
 */
export const jsonOf = ({ text }: Body): Option.Option<unknown> =>
  Option.flatMap(Option.fromUndefinedOr(text), Option.liftThrowable(ExactJson.parse))

/**
 * Whether there is nothing to show: the body was empty, purged or forgotten.
 *
 * @category guards
 */
export const isEmpty = ({ base64 }: Body): boolean => base64 === ""
