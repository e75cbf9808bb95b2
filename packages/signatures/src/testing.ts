/**
 * Signs as a sender does, for tests and sample deliveries. Imports no test runner.
 */
import { Array as Arr, type DateTime, Effect, Predicate, Redacted, Result } from "effect"
import { toEpochMillis } from "effect/DateTime"
import { type DeliveryWithUrl, make as makeDelivery } from "./Delivery.ts"
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
import { headerNames, twilioHeader } from "./internal/headersRead.ts"
import { digestWith, type Keyed } from "./internal/keyed.ts"
import { normal } from "./internal/normal.ts"
import { chunksOf } from "./internal/parts.ts"
import type { Shape } from "./internal/secrets.ts"
import { decodeKey } from "./internal/standardWebhooks.ts"
import { signedForm } from "./internal/twilio.ts"
import {
  type Input as SchemeInput,
  needsUrl,
  type Scheme,
  type StandardWebhooks,
  type Token
} from "./Scheme.ts"
import { InvalidSecret } from "./Secret.ts"
import type { Sender } from "./Sender.ts"
import type { DeliveryOf } from "./Verifier.ts"

export { sample, type Sample, type SampleOptions } from "./Sample.ts"

/**
 * Options of `sign`.
 *
 * @category models
 */
export interface SignOptions {
  /** The secret that verifies; for Standard Webhooks v1a the private `whsk_` key, which signs. */
  readonly secret: string | Redacted.Redacted<string>
  /** The raw bytes, or a text that is encoded as UTF-8. */
  readonly body: Uint8Array | string
  /** The signed time. */
  readonly at: DateTime.Utc
  /** The delivery id, if the scheme or the sender has a header for it. Default: `msg_1` if the scheme signs an id. */
  readonly id?: string | undefined
  /** The method. Default: `POST`. */
  readonly method?: string | undefined
  /** The public URL. Required if the scheme signs it or puts the token there. Default: `https://hooks.example.com/`. */
  readonly url?: string | undefined
  /** Other headers of the sender, such as the content type. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/**
 * Options of `sign`, with the URL if the type of the scheme says that it is signed or carries the token.
 *
 * @category models
 */
export type SignOptionsOf<S> =
  DeliveryOf<S> extends DeliveryWithUrl ? SignOptions & { readonly url: string } : SignOptions

/**
 * Makes a delivery as this sender, or a sender with this scheme, does: with its signature headers, or with its token in the
 * URL. Dies with a `TypeError` if the scheme needs the URL and none is given.
 *
 * **Example** (A delivery that verifies)
 *
 * ```ts
 * import { DateTime, Effect } from "effect"
 * import { Senders, Verifier } from "@usher/signatures"
 * import { sign } from "@usher/signatures/testing"
 *
 * const program = Effect.gen(function* () {
 *   const verifier = yield* Verifier.forSender("stripe", "whsec_test")
 *   const delivery = yield* sign(Senders.of("stripe"), { secret: "whsec_test", body: "{}", at: yield* DateTime.now })
 *   console.log((yield* verifier.verify(delivery)).secret) // #1
 * })
 *
 * await Effect.runPromise(program)
 * ```
 *
 * @category signing
 */
export const sign = <const S extends Sender | SchemeInput>(
  senderOrScheme: S,
  options: SignOptionsOf<S>
): Effect.Effect<DeliveryWithUrl, InvalidSecret> => Effect.suspend(() => signed(senderOrScheme, options))

const signed = (senderOrScheme: Sender | SchemeInput, options: SignOptions) => {
  const sender = isSender(senderOrScheme) ? senderOrScheme : undefined
  const scheme = normal(isSender(senderOrScheme) ? senderOrScheme.scheme : senderOrScheme)
  const secret = typeof options.secret === "string" ? options.secret : Redacted.value(options.secret)
  if (typeof secret !== "string") throw new TypeError("sign: the secret is not a string")
  if (options.url === undefined && signsUrl(scheme)) {
    throw new TypeError(
      `sign: ${sender?.name ?? scheme.scheme} signs the URL or puts its token there: give the option url, the public URL as the sender calls it`
    )
  }
  const delivery = makeDelivery({
    method: options.method,
    url: options.url ?? "https://hooks.example.com/",
    headers: { ...idHeader(sender, options.id), ...options.headers },
    body: options.body
  })
  const moment = { at: toEpochMillis(options.at), id: options.id ?? "msg_1" }
  return Effect.fromResult(
    Result.mapError(
      signWith(scheme, secret, delivery, moment),
      (reason) => new InvalidSecret({ secret: "given", reason })
    )
  )
}

const isSender = (given: Sender | SchemeInput): given is Sender => Predicate.hasProperty(given, "name")

/** Whether signing needs the URL. A token with a header goes into the header. */
const signsUrl = (scheme: Scheme): boolean => {
  if (scheme.scheme === "token") return scheme.header === undefined
  return scheme.scheme === "by-header" ? signsUrl(scheme.choices[0].use) : needsUrl(scheme, {})
}

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

const signWith = (
  scheme: Scheme,
  secret: string,
  delivery: DeliveryWithUrl,
  moment: Moment
): Shape<DeliveryWithUrl> => {
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

const withHeaders = (
  delivery: DeliveryWithUrl,
  headers: Readonly<Record<string, string>>
): DeliveryWithUrl => ({
  ...delivery,
  headers: { ...delivery.headers, ...headers }
})

const signKeyed = (
  scheme: Keyed,
  secret: string,
  delivery: DeliveryWithUrl,
  { at }: Moment
): Shape<DeliveryWithUrl> =>
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
  delivery: DeliveryWithUrl,
  { at, id }: Moment
): Shape<DeliveryWithUrl> => {
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

const signTwilio = (secret: string, delivery: DeliveryWithUrl): DeliveryWithUrl => {
  const isForm = delivery.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false
  const separator = delivery.url.includes("?") ? "&" : "?"
  const url = isForm ? delivery.url : `${delivery.url}${separator}bodySHA256=${sha256Hex(delivery.body)}`
  const form = isForm ? (signedForm(delivery) ?? "") : ""
  const signature = mac("sha1", macKey(utf8(secret)), "base64", [url, form])
  return { ...withHeaders(delivery, { [twilioHeader]: signature }), url }
}

const addToken = (scheme: Token, secret: string, delivery: DeliveryWithUrl): DeliveryWithUrl => {
  if (scheme.header !== undefined) {
    return withHeaders(delivery, { [scheme.header]: `${scheme.prefix ?? ""}${secret}` })
  }
  const url = new URL(delivery.url)
  url.searchParams.set(scheme.query ?? "token", secret)
  return { ...delivery, url: url.href }
}
