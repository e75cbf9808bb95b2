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
      "the prefixes of the id, timestamp and signature headers; each that is present is tried. Default: webhook-"
  }),
  tolerance: Schema.optionalKey(
    Schema.DurationFromString.pipe(
      Schema.annotateEncoded({
        description:
          "the maximum difference between the signed time and now, in the past or the future. Default: 5 minutes, as in the reference libraries"
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
 * A secret that is sent unchanged, in a header or in the query of the URL. It proves the sender only as long as the URL and the
 * header stay out of logs, and does not protect the body.
 *
 * @category schemes
 */
export const Token = Schema.Struct({
  scheme: Schema.Literal("token").annotateKey({
    description: "a secret that is sent unchanged; needs header, query or both"
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
 * A scheme of a secret that is sent unchanged.
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
 * Nothing is verified. It is never a default.
 *
 * @category schemes
 */
export const None = Schema.Struct({
  scheme: Schema.Literal("none").annotateKey({
    description: "nothing is verified: any caller who knows the URL can invite"
  })
})

/**
 * Several versions of one sender, distinguished by a header: the first choice whose header is present, with the value if one is
 * given. The caller selects the version, so a plain hash is not allowed.
 *
 * @category schemes
 */
export const ByHeader = Schema.Struct({
  scheme: Schema.Literal("by-header").annotateKey({
    description: "several versions of one sender, distinguished by a header"
  }),
  choices: Schema.NonEmptyArray(
    Schema.Struct({
      header: HeaderName.pipe(Schema.annotateEncoded({ description: "the header that has to be present" })),
      value: Schema.optionalKey(Schema.String).annotateKey({
        description: "the value that the header has to have. Default: any"
      }),
      use: Hmac.annotateKey({
        description: "the scheme of this version: an HMAC, since the caller selects it"
      })
    })
  ).annotateKey({ description: "the first whose header is present is used" })
})

/**
 * A scheme of several versions, distinguished by a header.
 *
 * @category schemes
 */
export type ByHeader = typeof ByHeader.Type

/**
 * Any scheme, distinguished by `scheme`.
 *
 * @category schemes
 */
export const Scheme = Schema.Union([Hmac, Hash, StandardWebhooks, Twilio, Token, Basic, None, ByHeader])

/**
 * Any scheme, distinguished by `scheme`.
 *
 * @category schemes
 */
export type Scheme = typeof Scheme.Type

/**
 * A scheme as a program may write it: a `Scheme`, or as in a configuration file, with header names in any case and the tolerance
 * as a text such as `"5 minutes"`.
 *
 * @category models
 */
export type Input = typeof Scheme.Type | typeof Scheme.Encoded
