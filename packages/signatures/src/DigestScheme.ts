/**
 * Schemes whose proof is a digest over parts of the delivery, as with most senders, which differ in the data below.
 */
import { Schema, SchemaTransformation } from "effect"

/** The name of a header, in any case. */
export const HeaderName = Schema.String.pipe(
  Schema.decodeTo(
    Schema.String.check(Schema.isPattern(/^[a-z0-9!#$%&'*+.^_`|~-]+$/, { expected: "the name of a header" })),
    SchemaTransformation.toLowerCase()
  )
)

/**
 * One part of the signed content. A word is a value of the delivery; `{ header }` is another header's value; any other text
 * is literal. A literal bare word is written as `{ text }`, so that a misspelled word is refused.
 *
 * `first-event` is `JSON.stringify` of the first element of a JSON array (Segment's batches): the signature does not cover
 * the later elements.
 *
 * @category models
 */
export const Part = Schema.Union([
  Schema.Literals(["body", "timestamp", "method", "url", "secret", "first-event"]),
  Schema.Struct({
    header: HeaderName.pipe(Schema.annotateEncoded({ description: "a header whose value is signed" }))
  }),
  Schema.Struct({
    text: Schema.NonEmptyString.annotateKey({ description: "literal text that is a bare word" })
  }),
  Schema.String.check(
    Schema.isPattern(/[^A-Za-z-]/, {
      expected: `"body", "timestamp", "method", "url", "secret", "first-event", or literal text (a bare word as { text: … })`
    })
  )
]).annotate({
  message:
    'Expected "body", "timestamp", "method", "url", "secret", "first-event", { header }, or literal text (a bare word as { text: … })'
})

/**
 * One part of the signed content.
 *
 * @category models
 */
export type Part = typeof Part.Type

/**
 * The place of the signed time, and its unit: a field of the signature header, a field of the JSON body (read only after the
 * signature is verified), or a separate header; tried in that order.
 *
 * @category models
 */
export const Timestamp = Schema.Struct({
  field: Schema.optionalKey(Schema.NonEmptyString).annotateKey({
    description: "a field of the signature header; needs fields"
  }),
  json: Schema.optionalKey(Schema.NonEmptyString).annotateKey({ description: "a path into the JSON body" }),
  header: Schema.optionalKey(HeaderName.pipe(Schema.annotateEncoded({ description: "a separate header" }))),
  unit: Schema.optionalKey(Schema.Literals(["seconds", "milliseconds"])).annotateKey({
    description: "the unit of the time",
    default: "seconds"
  })
})

/**
 * The place of the signed time, and its unit.
 *
 * @category models
 */
export type Timestamp = typeof Timestamp.Type

const keyed = {
  header: Schema.Union([HeaderName, Schema.NonEmptyArray(HeaderName)]).annotateKey({
    description: "the header with the signature; of several headers, each that is present is tried"
  }),
  algorithm: Schema.optionalKey(Schema.Literals(["sha1", "sha256", "sha384", "sha512"])).annotateKey({
    description: "the hash function",
    default: "sha256"
  }),
  encoding: Schema.optionalKey(Schema.Literals(["hex", "base64", "base64url"])).annotateKey({
    description:
      "how the signature is written: hex in either case, base64 and base64url with or without padding",
    default: "hex"
  }),
  prefix: Schema.optionalKey(Schema.String).annotateKey({
    description: "text before the signature, such as sha256="
  }),
  fields: Schema.optionalKey(
    Schema.Struct({
      separator: Schema.NonEmptyString.annotateKey({ description: "the separator between two fields" }),
      signature: Schema.NonEmptyString.annotateKey({
        description: "the name of the fields that hold signatures"
      })
    })
  ).annotateKey({
    description:
      "for a header that is a list of fields, such as t=1,v1=aa,v1=bb or t=1,v1=aa,bb: any signature may match"
  }),
  timestamp: Schema.optionalKey(Timestamp).annotateKey({ description: "the place of the signed time" }),
  tolerance: Schema.optionalKey(
    Schema.DurationFromString.pipe(
      Schema.annotateEncoded({
        description:
          "the maximum difference between the signed time and now, in the past or the future; without it the time is not checked"
      })
    )
  ),
  future: Schema.optionalKey(Schema.Literals(["reject", "accept"])).annotateKey({
    description:
      "whether a time in the future is refused; accept checks the age only, as some senders' own libraries do",
    default: "reject"
  }),
  key: Schema.optionalKey(Schema.Literals(["text", "base64", "hex"])).annotateKey({
    description: "how the secret is decoded to the key; text is its UTF-8 bytes",
    default: "text"
  }),
  version: Schema.optionalKey(
    Schema.Struct({
      header: HeaderName.pipe(Schema.annotateEncoded({ description: "the header that names the version" })),
      value: Schema.String.annotateKey({ description: "the only version that is verified" })
    })
  ).annotateKey({
    description: "a header that names the version of the signature, and the only value that is verified"
  }),
  urlForms: Schema.optionalKey(Schema.NonEmptyArray(Schema.Literals(["exact", "hubspot"]))).annotateKey({
    description:
      "spellings of the URL to try; hubspot undoes the twelve escapes that HubSpot's documentation lists"
  })
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
        issue: "a field needs `fields`, which sets how the header is split"
      }
    }
    if (!scheme.parts?.includes("timestamp")) return undefined
    return timestamp?.field === undefined && timestamp?.header === undefined
      ? { path: ["parts"], issue: "the timestamp is signed, so `timestamp` has to name its field or header" }
      : undefined
  }
)

/**
 * A keyed digest of the signed parts (default: the body), the scheme of most senders.
 *
 * @category schemes
 */
export const Hmac = Schema.Struct({
  scheme: Schema.Literal("hmac").annotateKey({ description: "a keyed digest" }),
  ...keyed,
  parts: Schema.optionalKey(Schema.NonEmptyArray(Part)).annotateKey({
    description: "the signed parts, in order. Default: the body"
  })
}).check(needsTimestamp)

/**
 * A scheme of a keyed digest.
 *
 * @category schemes
 */
export type Hmac = typeof Hmac.Type

/**
 * A plain digest with the secret among the parts (HubSpot v1 and v2). Weaker than an HMAC: an attacker with a signed body can
 * compute the digest of a longer one. Such a body is not JSON in UTF-8, so only JSON in UTF-8 and empty bodies verify. Only for
 * senders without a better scheme.
 *
 * @category schemes
 */
export const Hash = Schema.Struct({
  scheme: Schema.Literal("hash").annotateKey({
    description:
      "a plain digest with the secret among its parts; weaker than an HMAC: only JSON in UTF-8 verifies"
  }),
  ...keyed,
  parts: Schema.NonEmptyArray(Part)
    .check(
      Schema.makeFilter((parts: ReadonlyArray<Part>) => parts.includes("secret"), {
        expected: `parts that include "secret"`
      })
    )
    .annotateKey({ description: "the signed parts, in order; the secret is one of them" })
}).check(needsTimestamp)

/**
 * A scheme of a plain digest.
 *
 * @category schemes
 */
export type Hash = typeof Hash.Type
