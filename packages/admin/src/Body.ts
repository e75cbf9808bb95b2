/**
 * The body of a delivery.
 */
import { Schema } from "effect"

/**
 * A body in base64, and parsed if it is JSON.
 *
 * @category schemas
 */
export const Body = Schema.Struct({
  /** The bytes as sent. Empty after a purge or a forget. */
  base64: Schema.String,
  /** The decompressed bytes. Absent if the sender did not compress the body, or if it can't be decompressed. */
  decompressed: Schema.optionalKey(
    Schema.Struct({
      /** The Content-Encoding, such as `gzip`. */
      encoding: Schema.String,
      base64: Schema.String
    })
  ),
  /**
   * The parsed JSON. An integer that a double would round is a string of its digits. Absent if the body is not JSON, is
   * larger than 1 MiB, is nested more than 200 levels deep or has ill-formed Unicode.
   */
  json: Schema.optionalKey(Schema.Unknown)
})

/**
 * What the schema `Body` decodes to.
 *
 * @category models
 */
export interface Body extends Schema.Schema.Type<typeof Body> {}
