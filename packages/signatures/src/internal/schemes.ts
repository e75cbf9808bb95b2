/** The schemes as data. */
import { Schema } from "effect"
import { Hash, HeaderName, Hmac } from "../DigestScheme.ts"

/**
 * Standard Webhooks 1.0.0: `v1` (HMAC-SHA256, `whsec_` secrets) and `v1a` (ed25519, `whpk_` public keys), over
 * `{id}.{timestamp}.{body}`. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * @category schemes
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
 */
export type StandardWebhooks = typeof StandardWebhooks.Type

/**
 * Twilio: HMAC-SHA1 over the URL and the sorted form fields, or over a URL that carries `bodySHA256`.
 * https://www.twilio.com/docs/usage/security
 *
 * @category schemes
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
 */
export type Token = typeof Token.Type

/**
 * HTTP basic authentication; the secret is `user:password`.
 *
 * @category schemes
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
 */
export type ByHeader = typeof ByHeader.Type

/**
 * Any scheme, told apart by `scheme`.
 *
 * @category schemes
 */
export const Scheme = Schema.Union([Hmac, Hash, StandardWebhooks, Twilio, Token, Basic, None, ByHeader])

/**
 * Any scheme, told apart by `scheme`.
 *
 * @category schemes
 */
export type Scheme = typeof Scheme.Type

/**
 * A scheme as a program may write it: as `Scheme`, or as in a configuration file, with header names in any case and
 * the tolerance as a text such as `"5 minutes"`.
 *
 * @category models
 */
export type Input = typeof Scheme.Type | typeof Scheme.Encoded
