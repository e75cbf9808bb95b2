/** What some senders ask before they deliver anything, and the answer. */
import { Effect, Option, Redacted, Schema } from "effect"
import type { Delivery } from "./Delivery.ts"
import { jsonOf } from "./internal/body.ts"
import { equalSecret, mac, macKey, textOf, utf8 } from "./internal/crypto.ts"
import { queryOf, queryReadings } from "./internal/url.ts"
import { type InvalidSecret, nameOf, type Secret } from "./Secret.ts"
import type { Sender } from "./Sender.ts"
import { VerificationFailed } from "./VerificationFailed.ts"
import { make as makeVerifier } from "./Verifier.ts"

/**
 * The HTTP answer to a handshake. It is no delivery: nothing is to be stored.
 *
 * @category models
 */
export interface Answer {
  /** The HTTP status. */
  readonly status: number
  /** Headers of the answer, by lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** The text that the sender expects. */
  readonly body: string
}

/**
 * What a handshake is verified and answered with.
 *
 * @category models
 */
export interface HandshakeOptions {
  /** The secrets shared with the sender. */
  readonly secrets: ReadonlyArray<Secret>
  /** The token typed into Meta's dashboard. It travels in a URL, so it must not be one of the secrets. Default: none. */
  readonly verifyToken?: Redacted.Redacted<string> | undefined
  /** The delivery as sent, where the one that is read has been decompressed. Either may be what the sender signed. Default: none. */
  readonly sent?: Delivery | undefined
}

/**
 * The answer, when this request is the sender's handshake; `None` when it is a delivery like any other, which is told
 * at the cost of a look at the method, or at a small body. A handshake that the sender signs is verified here first:
 * answering Zoom's unverified would give anybody a signature for a text of their choice.
 *
 * **Example** (Meta's subscription)
 *
 * ```ts
 * import { Effect, Option, Redacted } from "effect"
 * import { Delivery, Handshake, Secret, Senders } from "@usher/signatures"
 *
 * const delivery = Delivery.make({
 *   method: "GET",
 *   url: "https://hooks.example.com/meta?hub.mode=subscribe&hub.challenge=42&hub.verify_token=t",
 *   headers: {},
 *   body: ""
 * })
 * const options = { secrets: [Secret.make("s3cret")], verifyToken: Redacted.make("t") }
 * const answer = await Effect.runPromise(Handshake.respond(Senders.of("meta"), delivery, options))
 * console.log(Option.getOrThrow(answer).status, Option.getOrThrow(answer).body) // 200 42
 * ```
 *
 * @category accessors
 */
export const respond = (
  sender: Sender,
  delivery: Delivery,
  options: HandshakeOptions
): Effect.Effect<Option.Option<Answer>, VerificationFailed | InvalidSecret> => {
  if (sender.handshake === "meta-subscribe") {
    return delivery.method === "GET" ? subscribe(delivery, options.verifyToken) : Effect.succeedNone
  }
  return Option.match(answerOf(sender, delivery), {
    onNone: () => Effect.succeedNone,
    onSome: (answer) => afterVerifying(sender, delivery, options, answer)
  })
}

/**
 * What the answer to this handshake is, made with the secret that is given and without verifying anything: to show a
 * person, and to test with. Never send it to an unverified caller. `None` for Meta's, which needs no secret.
 *
 * @category accessors
 */
export const answerWith = (
  sender: Sender,
  delivery: Delivery,
  secret: Redacted.Redacted<string>
): Option.Option<Answer> => Option.map(answerOf(sender, delivery), (answer) => answer(Redacted.value(secret)))

const answerOf = (sender: Sender, delivery: Delivery): Option.Option<(secret: string) => Answer> => {
  switch (sender.handshake) {
    case "get":
      // Mailchimp documents a GET; a third party saw an empty POST.
      return delivery.method === "GET" || delivery.body.length === 0
        ? Option.some(() => plain(""))
        : Option.none()
    case "slack-challenge":
      return Option.map(
        read(SlackChallenge, "url_verification", delivery),
        ({ challenge }) =>
          () =>
            plain(challenge)
      )
    case "zoom-url-validation":
      return Option.map(
        read(ZoomValidation, "endpoint.url_validation", delivery),
        ({ payload }) =>
          (secret) =>
            zoomAnswer(payload.plainToken, secret)
      )
    default:
      return Option.none()
  }
}

const SlackChallenge = Schema.Struct({ type: Schema.Literal("url_verification"), challenge: Schema.String })

const ZoomValidation = Schema.Struct({
  event: Schema.Literal("endpoint.url_validation"),
  payload: Schema.Struct({
    // Narrow on purpose: what is signed here can never read as the "v0:{timestamp}:{body}" of a delivery.
    plainToken: Schema.String.check(Schema.isPattern(/^[\w+/=-]{1,128}$/))
  })
})

// Every delivery passes here, so the bytes are searched before they are parsed.
const read = <A>(schema: Schema.Codec<A, unknown>, word: string, delivery: Delivery): Option.Option<A> => {
  if (delivery.body.length > 4096 || !textOf(delivery.body).includes(word)) return Option.none()
  return Schema.decodeUnknownOption(schema)(jsonOf(delivery.body))
}

const afterVerifying = Effect.fnUntraced(function* (
  sender: Sender,
  delivery: Delivery,
  { secrets, sent }: HandshakeOptions,
  answer: (secret: string) => Answer
) {
  const verifier = yield* makeVerifier({ scheme: sender.scheme, secrets })
  const verified =
    sent === undefined
      ? yield* verifier.verify(delivery)
      : yield* Effect.catch(verifier.verify(sent), () => verifier.verify(delivery))
  const matching = secrets.find((secret, index) => nameOf(secret, index) === verified.secret)
  return Option.map(Option.fromUndefinedOr(matching), ({ value }) => answer(Redacted.value(value)))
})

const plain = (body: string): Answer => ({
  status: 200,
  // nosniff: the text is the caller's own, and no browser is to run it.
  headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
  body
})

const zoomAnswer = (plainToken: string, secret: string): Answer => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({
    plainToken,
    encryptedToken: mac("sha256", macKey(utf8(secret)), "hex", [plainToken])
  })
})

const subscribe = (
  { url }: Delivery,
  verifyToken: Redacted.Redacted<string> | undefined
): Effect.Effect<Option.Option<Answer>, VerificationFailed> => {
  if (url === undefined) {
    return Effect.fail(
      new VerificationFailed({
        reason: "MissingUrl",
        message:
          "the handshake stands in the URL, and the delivery has none: give it the URL as the sender called it"
      })
    )
  }
  const given = queryReadings(url, "hub.verify_token")
  const [challenge] = queryOf(url, "hub.challenge")
  const [mode] = queryOf(url, "hub.mode")
  if (mode !== "subscribe" || challenge === undefined || typeof given === "string") return Effect.succeedNone
  return verifyToken !== undefined && given.some((token) => equalSecret(Redacted.value(verifyToken), token))
    ? Effect.succeedSome(plain(challenge))
    : Effect.fail(
        new VerificationFailed({
          reason: "NoSecretMatches",
          message:
            verifyToken === undefined
              ? "the sender asks for a verify token, and none is configured: set the one typed into its dashboard"
              : "hub.verify_token is not the configured verify token"
        })
      )
}
