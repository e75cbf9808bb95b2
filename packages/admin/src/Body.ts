/**
 * The body of a delivery, for people and programs that look at it.
 */
import { Schema } from "effect"

/**
 * A body in base64, and read as JSON where it is JSON.
 *
 * @category schemas
 */
export const Body = Schema.Struct({
  /** The bytes as sent. Empty once they are purged or forgotten. */
  base64: Schema.String,
  /** The bytes before the sender compressed them. Absent where it did not, or where they can't be decompressed. */
  decompressed: Schema.optionalKey(
    Schema.Struct({
      /** The Content-Encoding, such as `gzip`. */
      encoding: Schema.String,
      base64: Schema.String
    })
  ),
  /**
   * The same, read as JSON; an integer that a double would round is a string of its digits. Absent where the body is not JSON,
   * is longer than 1 MiB, is nested more than 200 levels deep or holds ill-formed Unicode.
   */
  json: Schema.optionalKey(Schema.Unknown)
})

/**
 * What the schema `Body` decodes to.
 *
 * @category models
 */
export interface Body extends Schema.Schema.Type<typeof Body> {}
