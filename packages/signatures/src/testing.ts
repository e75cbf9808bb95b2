/**
 * Sign as a sender does, for tests and for sample deliveries. Imports no test runner.
 *
 * @since 0.1.0
 */
import { Array as Arr, type DateTime, Effect, Redacted, Result } from "effect"
import { toEpochMillis } from "effect/DateTime"
import { type Delivery, make as makeDelivery } from "./Delivery.ts"
import {
  base64Of,
  concat,
  decodeBase64,
  ed25519PrivateKey,
  ed25519Sign,
  macOfTextAndBody,
  mac,
  macKey,
  sha256Hex,
  utf8
} from "./internal/crypto.ts"
import { digestWith, type Keyed } from "./internal/keyed.ts"
import { chunksOf } from "./internal/parts.ts"
import type { Shape } from "./internal/secrets.ts"
import { decodeKey, headerNames } from "./internal/standardWebhooks.ts"
import { signedForm } from "./internal/twilio.ts"
import type { Scheme, StandardWebhooks, Token } from "./Scheme.ts"
import { InvalidSecret } from "./Secret.ts"
import type { Sender } from "./Sender.ts"

export { sample, type Sample, type SampleOptions } from "./Sample.ts"

/**
 * What to sign. `secret` is the one that verifies, except for Standard Webhooks v1a, which signs with the private
 * `whsk_` key. `at` is the signed time; `id` the delivery id, where the scheme or the sender has a header for it.
 *
 * @category models
 * @since 0.1.0
 */
export interface SignOptions {
  readonly secret: string | Redacted.Redacted<string>
  readonly body: Uint8Array | string
  readonly at: DateTime.Utc
  readonly id?: string
  readonly method?: string
  readonly url?: string
  /** Headers that the sender adds besides, such as the content type. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * A delivery as this sender, or a sender with this scheme, would make it: with its signature headers, and with its
 * token in the URL where it has one there.
 *
 * @category signing
 * @since 0.1.0
 */
export const sign = (
  senderOrScheme: Sender | Scheme,
  options: SignOptions
): Effect.Effect<Delivery, InvalidSecret> =>
  Effect.suspend(() => {
    const sender = "name" in senderOrScheme ? senderOrScheme : undefined
    const scheme = "name" in senderOrScheme ? senderOrScheme.scheme : senderOrScheme
    const secret = typeof options.secret === "string" ? options.secret : Redacted.value(options.secret)
    const delivery = makeDelivery({
      method: options.method ?? "POST",
      url: options.url ?? "https://hooks.example.com/",
      headers: { ...idHeader(sender, options.id), ...options.headers },
      body: options.body
    })
    const signed = signWith(scheme, secret, delivery, {
      at: toEpochMillis(options.at),
      id: options.id ?? "msg_1"
    })
    return Effect.fromResult(
      Result.mapError(signed, (reason) => new InvalidSecret({ secret: "given", reason }))
    )
  })

const idHeader = (sender: Sender | undefined, id: string | undefined): Readonly<Record<string, string>> => {
  if (sender === undefined || id === undefined) return {}
  const spec = sender.deliveryId
  const field = ("first" in spec ? spec.first : [spec]).find((candidate) => "header" in candidate)
  return field === undefined ? {} : { [field.header]: id }
}

interface Moment {
  readonly at: number
  readonly id: string
}

const signWith = (scheme: Scheme, secret: string, delivery: Delivery, moment: Moment): Shape<Delivery> => {
  if (secret === "" && scheme.scheme !== "none") return Result.fail("Empty")
  switch (scheme.scheme) {
    case "hmac":
    case "hash":
      return signKeyed(scheme, secret, delivery, moment)
    case "standard-webhooks":
      return signStandardWebhooks(scheme, secret, delivery, moment)
    case "twilio":
      return Result.succeed(signTwilio(secret, delivery))
    case "token":
      return Result.succeed(addToken(scheme, secret, delivery))
    case "basic":
      return secret.includes(":")
        ? Result.succeed(withHeaders(delivery, { authorization: `Basic ${base64Of(secret)}` }))
        : Result.fail("NotUserAndPassword")
    case "by-header": {
      const [choice] = scheme.choices
      const marked =
        choice.value === undefined ? delivery : withHeaders(delivery, { [choice.header]: choice.value })
      return signKeyed(choice.use, secret, marked, moment)
    }
    case "none":
      return Result.succeed(delivery)
  }
}

const withHeaders = (delivery: Delivery, headers: Readonly<Record<string, string>>): Delivery => ({
  ...delivery,
  headers: { ...delivery.headers, ...headers }
})

const signKeyed = (scheme: Keyed, secret: string, delivery: Delivery, { at }: Moment): Shape<Delivery> =>
  Result.map(digestWith(scheme, secret), (digest) => {
    const { fields, timestamp, version } = scheme
    const time = String(timestamp?.unit === "milliseconds" ? at : Math.floor(at / 1000))
    const marked = withHeaders(delivery, {
      ...(version === undefined ? {} : { [version.header]: version.value }),
      ...(timestamp?.header === undefined ? {} : { [timestamp.header]: time })
    })
    const form = scheme.urlForms?.[0] ?? "exact"
    const signature = digest((text) =>
      chunksOf(scheme, marked, timestamp === undefined ? "" : time, text, form)
    )
    const value =
      fields === undefined
        ? `${scheme.prefix ?? ""}${signature}`
        : [
            ...(timestamp?.field === undefined ? [] : [`${timestamp.field}=${time}`]),
            `${fields.signature}=${signature}`
          ].join(fields.separator)
    return withHeaders(marked, { [Arr.ensure(scheme.header)[0] ?? ""]: value })
  })

const signStandardWebhooks = (
  scheme: StandardWebhooks,
  secret: string,
  delivery: Delivery,
  { at, id }: Moment
): Shape<Delivery> => {
  const names = headerNames(scheme.prefixes?.[0] ?? "webhook-")
  const timestamp = String(Math.floor(at / 1000))
  const prefix = `${id}.${timestamp}.`
  return Result.map(standardSignature(secret, prefix, delivery.body), (signature) =>
    withHeaders(delivery, { [names.id]: id, [names.timestamp]: timestamp, [names.signature]: signature })
  )
}

const standardSignature = (secret: string, prefix: string, body: Uint8Array): Shape<string> => {
  if (secret.startsWith("whsk_")) {
    // whsk_ is the base64 of seed and public key, 32 bytes each.
    const raw = decodeBase64(secret.slice(5))
    return raw?.length === 64
      ? Result.succeed(`v1a,${ed25519Sign(ed25519PrivateKey(raw.subarray(0, 32)), concat([prefix, body]))}`)
      : Result.fail("NotAKey")
  }
  return Result.flatMap(decodeKey(secret), ({ key, version }) =>
    version === "v1" ? Result.succeed(`v1,${macOfTextAndBody(key, prefix, body)}`) : Result.fail("NotAKey")
  )
}

const signTwilio = (secret: string, delivery: Delivery): Delivery => {
  const isForm = delivery.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false
  const separator = delivery.url.includes("?") ? "&" : "?"
  const url = isForm ? delivery.url : `${delivery.url}${separator}bodySHA256=${sha256Hex(delivery.body)}`
  const form = isForm ? (signedForm(delivery) ?? "") : ""
  const signature = mac("sha1", macKey(utf8(secret)), "base64", [url, form])
  return { ...withHeaders(delivery, { "x-twilio-signature": signature }), url }
}

const addToken = (scheme: Token, secret: string, delivery: Delivery): Delivery => {
  if (scheme.header !== undefined) {
    return withHeaders(delivery, { [scheme.header]: `${scheme.prefix ?? ""}${secret}` })
  }
  const url = new URL(delivery.url)
  url.searchParams.set(scheme.query ?? "token", secret)
  return { ...delivery, url: url.href }
}
