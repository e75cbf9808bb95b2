/** The handshake that some senders require before their first delivery. */
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
 * The HTTP answer to a handshake, which is no delivery and must not be stored.
 *
 * @category models
 */
export interface Answer {
  /** The HTTP status. */
  readonly status: number
  /** Headers of the answer, by lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** The body that the sender expects. */
  readonly body: string
}

/**
 * Options of a handshake.
 *
 * @category models
 */
export interface HandshakeOptions {
  /** The secrets shared with the sender. */
  readonly secrets: ReadonlyArray<Secret>
  /** The verify token set in Meta's dashboard. It is sent in a URL, so it must not be one of the secrets. Default: none. */
  readonly verifyToken?: Redacted.Redacted<string> | undefined
  /** The delivery as sent, if the given one has been decompressed: the sender may have signed either. Default: none. */
  readonly sent?: Delivery | undefined
}

/**
 * Answers the sender's handshake; `None` for any other delivery, which is decided cheaply, by the method or a small body. A
 * signed handshake is verified first: an answer to Zoom's unverified would sign any text that a caller chooses.
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
 * Computes the answer to this handshake with the given secret, without verifying anything: for displays and tests. Never send
 * it to an unverified caller. `None` for Meta's handshake, which needs no secret.
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
    // Narrow on purpose: a signed token must never look like the "v0:{timestamp}:{body}" of a delivery.
    plainToken: Schema.String.check(Schema.isPattern(/^[\w+/=-]{1,128}$/))
  })
})

// Runs for every delivery, so the bytes are searched before they are parsed.
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
  // nosniff: the text is the caller's, and no browser may run it.
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
          "the handshake is in the URL, and the delivery has none: give it the URL as the sender called it"
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
              ? "the sender requires a verify token, and none is configured: set the one from its dashboard"
              : "hub.verify_token is not the configured verify token"
        })
      )
}
