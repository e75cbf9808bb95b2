/**
 * How a sender proves that a delivery is its own: plain data, so that a sender is a row of a table and can also be
 * written in a configuration file.
 */
import { Array as Arr, Option, Schema } from "effect"
import { Hash, HeaderName, Hmac } from "./DigestScheme.ts"
import { normal } from "./internal/normal.ts"
import { firstEventExact } from "./internal/parts.ts"

export { Hash, Hmac, Part, Timestamp } from "./DigestScheme.ts"
export { InvalidScheme } from "./InvalidScheme.ts"
export { claimedId, ofScheme as headersRead, proofsOf as proofHeaders } from "./internal/headersRead.ts"

/**
 * Standard Webhooks 1.0.0: `v1` (HMAC-SHA256, `whsec_` secrets) and `v1a` (ed25519, `whpk_` public keys), over
 * `{id}.{timestamp}.{body}`. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * @category schemes
 * @since 0.1.0
 */
export const StandardWebhooks = Schema.Struct({
  scheme: Schema.Literal("standard-webhooks").annotateKey({ description: "Standard Webhooks 1.0.0" }),
  prefixes: Schema.optionalKey(Schema.NonEmptyArray(HeaderName)).annotateKey({
    description:
      "what stands before id, timestamp and signature in the names of the headers; each that is present is tried. Default webhook-"
  }),
  tolerance: Schema.optionalKey(
    Schema.DurationFromString.pipe(
      Schema.annotateEncoded({
        description:
          "how far the signed time may be off, both ways, such as 5 minutes. Default: 5 minutes, as in the reference libraries"
      })
    )
  )
})

/**
 * A scheme of Standard Webhooks.
 *
 * @category schemes
 * @since 0.1.0
 */
export type StandardWebhooks = typeof StandardWebhooks.Type

/**
 * Twilio: HMAC-SHA1 over the URL and the sorted form fields, or over a URL that carries `bodySHA256`.
 * https://www.twilio.com/docs/usage/security
 *
 * @category schemes
 * @since 0.1.0
 */
export const Twilio = Schema.Struct({
  scheme: Schema.Literal("twilio").annotateKey({
    description: "Twilio's: over the URL and the sorted form fields, or a digest of the body"
  })
})

/**
 * A secret sent as it is, in a header or in the query of the URL. It proves the sender only while the URL and the
 * header stay out of logs; it does not protect the body.
 *
 * @category schemes
 * @since 0.1.0
 */
export const Token = Schema.Struct({
  scheme: Schema.Literal("token").annotateKey({
    description: "a secret sent as it is; needs header, query or both"
  }),
  header: Schema.optionalKey(
    HeaderName.pipe(Schema.annotateEncoded({ description: "the header that carries it" }))
  ),
  prefix: Schema.optionalKey(Schema.String).annotateKey({
    description: 'text before the token in the header, such as "Bearer " with its space'
  }),
  query: Schema.optionalKey(Schema.NonEmptyString).annotateKey({
    description: "the parameter of the URL that carries it"
  })
}).check(
  Schema.makeFilter((token: { readonly header?: string; readonly query?: string }) =>
    token.header !== undefined || token.query !== undefined
      ? undefined
      : "a token needs `header`, `query` or both"
  )
)

/**
 * A scheme of a secret that is sent as it is.
 *
 * @category schemes
 * @since 0.1.0
 */
export type Token = typeof Token.Type

/**
 * HTTP basic authentication; the secret is `user:password`.
 *
 * @category schemes
 * @since 0.1.0
 */
export const Basic = Schema.Struct({
  scheme: Schema.Literal("basic").annotateKey({
    description: "HTTP basic authentication; the secret is user:password"
  })
})

/**
 * Nothing is verified. It has to be asked for by name.
 *
 * @category schemes
 * @since 0.1.0
 */
export const None = Schema.Struct({
  scheme: Schema.Literal("none").annotateKey({
    description: "nothing is verified: anybody who knows the URL can invite"
  })
})

/**
 * Several versions of one sender, told apart by a header: the first choice whose header is there (and has the value,
 * where one is given). The caller picks the version, so a plain hash is none of them.
 *
 * @category schemes
 * @since 0.1.0
 */
export const ByHeader = Schema.Struct({
  scheme: Schema.Literal("by-header").annotateKey({
    description: "several versions of one sender, told apart by a header"
  }),
  choices: Schema.NonEmptyArray(
    Schema.Struct({
      header: HeaderName.pipe(Schema.annotateEncoded({ description: "the header that has to be there" })),
      value: Schema.optionalKey(Schema.String).annotateKey({
        description: "the value that it has to have. Default: any"
      }),
      use: Hmac.annotateKey({ description: "the scheme for these: an HMAC, since the caller picks it" })
    })
  ).annotateKey({ description: "the first whose header is there" })
})

/**
 * A scheme of several versions, told apart by a header.
 *
 * @category schemes
 * @since 0.1.0
 */
export type ByHeader = typeof ByHeader.Type

/**
 * Any scheme, told apart by `scheme`.
 *
 * @category schemes
 * @since 0.1.0
 */
export const Scheme = Schema.Union([Hmac, Hash, StandardWebhooks, Twilio, Token, Basic, None, ByHeader])

/**
 * Any scheme, told apart by `scheme`.
 *
 * @category schemes
 * @since 0.1.0
 */
export type Scheme = typeof Scheme.Type

/**
 * A scheme as a program may write it: as `Scheme`, or as it stands in a configuration file, with header names in any case and
 * the tolerance as a text such as `"5 minutes"`.
 *
 * @category models
 * @since 0.1.0
 */
export type Input = typeof Scheme.Type | typeof Scheme.Encoded

/**
 * The one form of a scheme: header names in lower case, the tolerance as a `Duration`. Throws `InvalidScheme` for a misspelled
 * name or key, and for a scheme that means nothing. `Verifier.make` and everything else that takes a scheme does this itself.
 *
 * **Example** (Any case, and a tolerance as text)
 *
 * ```ts
 * import { Duration } from "effect"
 * import { Scheme } from "@usher/signatures"
 *
 * const scheme = Scheme.make({ scheme: "standard-webhooks", prefixes: ["Acme-"], tolerance: "10 minutes" })
 * if (scheme.scheme === "standard-webhooks" && scheme.tolerance !== undefined) {
 *   console.log(scheme.prefixes, Duration.toSeconds(scheme.tolerance)) // [ 'acme-' ] 600
 * }
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (input: Input): Scheme => normal(input)

/**
 * The choice of a `by-header` scheme that these headers call for; `None` when they call for none of them.
 *
 * @category accessors
 * @since 0.1.0
 */
export const choiceOf = (scheme: ByHeader, headers: Headers): Option.Option<ByHeader["choices"][number]> =>
  Arr.findFirst(scheme.choices, (choice) => {
    const given = headers[choice.header.toLowerCase()]
    return choice.value === undefined ? Boolean(given) : given === choice.value
  })

/**
 * Whether a delivery with these headers can only be verified by its URL: the URL is signed, or carries the token.
 *
 * @category predicates
 * @since 0.1.0
 */
export const needsUrl = (scheme: Input, headers: Headers): boolean => needsUrlIn(normal(scheme), headers)

const needsUrlIn = (scheme: Scheme, headers: Headers): boolean => {
  switch (scheme.scheme) {
    case "hmac":
    case "hash":
      return scheme.parts?.includes("url") ?? false
    case "twilio":
      return true
    case "token":
      return scheme.query !== undefined && (scheme.header === undefined || !headers[scheme.header])
    case "by-header":
      return Option.exists(choiceOf(scheme, headers), ({ use }) => needsUrlIn(use, headers))
    default:
      return false
  }
}

type Headers = Readonly<Record<string, string | undefined>>

/**
 * The headers in which a scheme looks for a signature, in lower case; none for tokens and the like.
 *
 * @category accessors
 * @since 0.1.0
 */
export const signatureHeaders = (input: Input): ReadonlyArray<string> => {
  const scheme = normal(input)
  switch (scheme.scheme) {
    case "hmac":
    case "hash":
      return Arr.ensure(scheme.header)
    case "standard-webhooks":
      return (scheme.prefixes ?? ["webhook-"]).map((prefix) => `${prefix}signature`)
    case "twilio":
      return ["x-twilio-signature"]
    case "by-header":
      return scheme.choices.flatMap(({ use }) => Arr.ensure(use.header))
    default:
      return []
  }
}

/**
 * The part of a verified body that the signature covers. Only Segment's batches cover a part, their first event: the
 * others in the batch prove nothing, and nobody is to be invited by them. For every other scheme it is the body itself.
 *
 * @category accessors
 * @since 0.1.0
 */
export const coveredBody = (scheme: Scheme, body: Uint8Array): Uint8Array =>
  (scheme.scheme === "hmac" || scheme.scheme === "hash") &&
  scheme.parts?.includes("first-event") === true &&
  !scheme.parts.includes("body")
    ? firstEventExact(body)
    : body
