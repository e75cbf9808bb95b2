/**
 * Schemes whose proof is a digest over parts of the delivery: most senders have one, and differ in the data below.
 */
import { Schema, SchemaTransformation } from "effect"

/** A header, in any case. */
export const HeaderName = Schema.String.pipe(
  Schema.decodeTo(
    Schema.String.check(Schema.isPattern(/^[a-z0-9!#$%&'*+.^_`|~-]+$/, { expected: "the name of a header" })),
    SchemaTransformation.toLowerCase()
  )
)

/**
 * One piece of what is signed. A word is a value of the delivery; `{ header }` is another header's value; anything
 * else is literal text. A literal that is itself a bare word is written `{ text }`, so that a misspelt word is refused.
 *
 * `first-event` is `JSON.stringify` of the first element of a JSON array (Segment's batches): what stands after it in
 * the batch is not covered by the signature.
 *
 * @category models
 * @since 0.1.0
 */
export const Part = Schema.Union([
  Schema.Literals(["body", "timestamp", "method", "url", "secret", "first-event"]),
  Schema.Struct({ header: HeaderName }),
  Schema.Struct({ text: Schema.NonEmptyString }),
  Schema.String.check(
    Schema.isPattern(/[^A-Za-z-]/, {
      expected: `"body", "timestamp", "method", "url", "secret", "first-event", or literal text (a bare word as { text: … })`
    })
  )
])

/**
 * @category models
 * @since 0.1.0
 */
export type Part = typeof Part.Type

/**
 * Where the signed time stands, and in which unit: a field of the signature header, a field of the JSON body (read
 * only once the signature is right), or a header of its own; tried in that order.
 *
 * @category models
 * @since 0.1.0
 */
export const Timestamp = Schema.Struct({
  field: Schema.optionalKey(Schema.NonEmptyString),
  json: Schema.optionalKey(Schema.NonEmptyString),
  header: Schema.optionalKey(HeaderName),
  unit: Schema.optionalKey(Schema.Literals(["seconds", "milliseconds"]))
})

/**
 * @category models
 * @since 0.1.0
 */
export type Timestamp = typeof Timestamp.Type

const keyed = {
  /** The header that carries the signature; of several, the first that is there. */
  header: Schema.Union([HeaderName, Schema.NonEmptyArray(HeaderName)]),
  /** Default sha256. */
  algorithm: Schema.optionalKey(Schema.Literals(["sha1", "sha256", "sha384", "sha512"])),
  /** Default hex, in lower case as every sender here writes it. */
  encoding: Schema.optionalKey(Schema.Literals(["hex", "base64", "base64url"])),
  /** Text before the signature, such as `sha256=`. */
  prefix: Schema.optionalKey(Schema.String),
  /** A header that is a list of fields, such as `t=1,v1=aa,v1=bb`: any signature field may match. */
  fields: Schema.optionalKey(
    Schema.Struct({ separator: Schema.NonEmptyString, signature: Schema.NonEmptyString })
  ),
  timestamp: Schema.optionalKey(Timestamp),
  /** How far the signed time may be off, both ways; without it the time is not judged. */
  tolerance: Schema.optionalKey(Schema.DurationFromString),
  /** `accept` judges age only, as some senders' own libraries do. Default `reject`. */
  future: Schema.optionalKey(Schema.Literals(["reject", "accept"])),
  /** How the secret becomes the key. Default `text`: its UTF-8 bytes. */
  key: Schema.optionalKey(Schema.Literals(["text", "base64", "hex"])),
  /** A header that names the version of the signature, and the one value verified here. */
  version: Schema.optionalKey(Schema.Struct({ header: HeaderName, value: Schema.String })),
  /** Spellings of the URL to try; `hubspot` undoes the twelve escapes that HubSpot's documentation lists. */
  urlForms: Schema.optionalKey(Schema.NonEmptyArray(Schema.Literals(["exact", "hubspot"])))
}

const needsTimestamp = Schema.makeFilter(
  (scheme: {
    readonly parts?: ReadonlyArray<Part>
    readonly timestamp?: Timestamp
    readonly fields?: unknown
  }) => {
    const { timestamp } = scheme
    if (timestamp?.field !== undefined && scheme.fields === undefined) {
      return {
        path: ["timestamp", "field"],
        issue: "a field needs `fields`, which says how the header is cut"
      }
    }
    if (!scheme.parts?.includes("timestamp")) return undefined
    return timestamp?.field === undefined && timestamp?.header === undefined
      ? { path: ["parts"], issue: "the timestamp is signed, so `timestamp` has to name its field or header" }
      : undefined
  }
)

/**
 * A keyed digest of the signed parts (default: the body). With data alone it is the scheme of most senders.
 *
 * @category schemes
 * @since 0.1.0
 */
export const Hmac = Schema.Struct({
  scheme: Schema.Literal("hmac"),
  ...keyed,
  parts: Schema.optionalKey(Schema.NonEmptyArray(Part))
}).check(needsTimestamp)

/**
 * @category schemes
 * @since 0.1.0
 */
export type Hmac = typeof Hmac.Type

/**
 * A plain digest with the secret among the parts (HubSpot v1 and v2). Weaker than an HMAC; for senders that have
 * nothing else.
 *
 * @category schemes
 * @since 0.1.0
 */
export const Hash = Schema.Struct({
  scheme: Schema.Literal("hash"),
  ...keyed,
  parts: Schema.NonEmptyArray(Part).check(
    Schema.makeFilter((parts: ReadonlyArray<Part>) => parts.includes("secret"), {
      expected: `parts that include "secret"`
    })
  )
}).check(needsTimestamp)

/**
 * @category schemes
 * @since 0.1.0
 */
export type Hash = typeof Hash.Type
