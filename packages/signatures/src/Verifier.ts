/** From a scheme and its secrets to what verifies the deliveries of one source. */
import { Clock, DateTime, Effect, Result } from "effect"
import type { Delivery, DeliveryWithUrl } from "./Delivery.ts"
import type { Check } from "./internal/check.ts"
import { compile } from "./internal/compile.ts"
import type { DeliveryOf } from "./internal/deliveryOf.ts"
import { normal } from "./internal/normal.ts"
import { secretsOf } from "./internal/secrets.ts"
import type { Input as SchemeInput } from "./Scheme.ts"
import type { Input as SecretInput, InvalidSecret } from "./Secret.ts"
import type { Sender } from "./Sender.ts"
import { type Alias, type Name, type NameOfUrlSender, of as senderOf } from "./Senders.ts"
import type { VerificationFailed } from "./VerificationFailed.ts"
import type { Verified } from "./Verified.ts"

export type { DeliveryOf } from "./internal/deliveryOf.ts"

/**
 * Verifies deliveries of one source. `D` is `DeliveryWithUrl` where the scheme verifies the URL.
 *
 * @category models
 */
export interface Verifier<in D extends Delivery = Delivery> {
  /** Verifies a delivery by the time of `Clock`. */
  readonly verify: (delivery: D) => Effect.Effect<Verified, VerificationFailed>
  /** Verifies a delivery that was kept, by the time when it came in: its signature's age and the secrets' ends are judged by it. */
  readonly verifyAt: (delivery: D, at: DateTime.Utc) => Effect.Effect<Verified, VerificationFailed>
  /** Verifies a delivery at once, without an Effect. `at` is the time to judge by. Default: this machine's time. */
  readonly verifyResult: (
    delivery: D,
    at?: DateTime.Utc | Date
  ) => Result.Result<Verified, VerificationFailed>
}

/**
 * A verifier of a known sender, with that sender's row.
 *
 * @category models
 */
export interface SenderVerifier<in D extends Delivery = Delivery> extends Verifier<D> {
  /** The sender's row: its delivery id, events, acknowledgement and so on. */
  readonly sender: Sender
}

/**
 * What a verifier is built from.
 *
 * @category options
 */
export interface Options<S extends SchemeInput = SchemeInput> {
  /** How the sender proves its deliveries. Header names may be in any case. */
  readonly scheme: S
  /** The secrets shared with the sender. Any of them may have signed. */
  readonly secrets: ReadonlyArray<SecretInput>
}

/**
 * Build a verifier from a scheme. Secrets are checked and turned into keys here, so that a wrong one fails now. Dies with
 * `Scheme.InvalidScheme` where the scheme is misspelled.
 *
 * **Example** (A scheme of one's own)
 *
 * ```ts
 * import { DateTime, Effect } from "effect"
 * import { Verifier } from "@usher/signatures"
 * import { sign } from "@usher/signatures/testing"
 *
 * const scheme = { scheme: "hmac", header: "X-Acme-Signature", prefix: "v1=" } as const
 *
 * const program = Effect.gen(function* () {
 *   const verifier = yield* Verifier.make({ scheme, secrets: ["s3cret"] })
 *   const delivery = yield* sign(scheme, { secret: "s3cret", body: "{}", at: yield* DateTime.now })
 *   const verified = yield* verifier.verify(delivery)
 *   console.log(verified.scheme, verified.secret) // hmac #1
 * })
 *
 * await Effect.runPromise(program)
 * ```
 *
 * @category constructors
 */
export const make = <const S extends SchemeInput>(
  options: Options<S>
): Effect.Effect<Verifier<DeliveryOf<S>>, InvalidSecret> =>
  Effect.suspend(() => Effect.fromResult(build(options)))

/**
 * `make` for programs without effect: throws `InvalidSecret` or `Scheme.InvalidScheme`.
 *
 * @category constructors
 */
export const makeUnsafe = <const S extends SchemeInput>(options: Options<S>): Verifier<DeliveryOf<S>> =>
  Result.getOrThrow(build(options))

/**
 * Build a verifier of a known sender, by its name or an alias. Dies with `Senders.UnknownSender`, which names the nearest
 * sender, where a program without types misspells the name.
 *
 * **Example** (GitHub)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Delivery, Verifier } from "@usher/signatures"
 *
 * const program = Effect.gen(function* () {
 *   const github = yield* Verifier.forSender("github", "It's a Secret to Everybody")
 *   const delivery = Delivery.make({
 *     headers: { "X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" },
 *     body: "Hello, World!"
 *   })
 *   console.log((yield* github.verify(delivery)).secret) // #1
 * })
 *
 * await Effect.runPromise(program)
 * ```
 *
 * @category constructors
 */
export const forSender = <N extends Name | Alias>(
  name: N,
  secrets: SecretInput | ReadonlyArray<SecretInput>
): Effect.Effect<SenderVerifier<DeliveryOfSender<N>>, InvalidSecret> =>
  Effect.suspend(() => Effect.fromResult(buildFor(name, secrets)))

/**
 * `forSender` for programs without effect: throws `InvalidSecret` or `Senders.UnknownSender`.
 *
 * **Example** (Without effect)
 *
 * ```ts
 * import { Result } from "effect"
 * import { Delivery, Verifier } from "@usher/signatures"
 *
 * const github = Verifier.forSenderUnsafe("github", ["It's a Secret to Everybody"])
 * const verdict = github.verifyResult(Delivery.make({ headers: {}, body: "Hello, World!" }))
 * if (Result.isFailure(verdict)) console.log(verdict.failure.reason, verdict.failure.header) // MissingHeader x-hub-signature-256
 * ```
 *
 * @category constructors
 */
export const forSenderUnsafe = <N extends Name | Alias>(
  name: N,
  secrets: SecretInput | ReadonlyArray<SecretInput>
): SenderVerifier<DeliveryOfSender<N>> => Result.getOrThrow(buildFor(name, secrets))

/**
 * The delivery that a known sender needs: one with its URL, where the sender signs the URL or puts its token there.
 *
 * @category models
 */
export type DeliveryOfSender<N> = [N] extends [NameOfUrlSender] ? DeliveryWithUrl : Delivery

const build = ({
  scheme,
  secrets
}: {
  readonly scheme: SchemeInput
  readonly secrets: SecretInput | ReadonlyArray<SecretInput>
}): Result.Result<Verifier, InvalidSecret> =>
  Result.flatMap(secretsOf(secrets), (secrets) => Result.map(compile(normal(scheme), secrets), fromCheck))

const buildFor = (
  name: Name | Alias,
  secrets: SecretInput | ReadonlyArray<SecretInput>
): Result.Result<SenderVerifier, InvalidSecret> => {
  const sender = senderOf(name)
  return Result.map(build({ scheme: sender.scheme, secrets }), (verifier) => ({ ...verifier, sender }))
}

// One step for each delivery: no generator, no span.
const fromCheck = (check: Check): Verifier => ({
  verify: (delivery) =>
    Clock.clockWith((clock) => Effect.fromResult(check(delivery, clock.currentTimeMillisUnsafe()))),
  verifyAt: (delivery, at) =>
    Effect.suspend(() => Effect.fromResult(check(delivery, DateTime.toEpochMillis(at)))),
  // oxlint-disable-next-line no-restricted-globals -- Plain code calls it, without a runtime to ask for a clock.
  verifyResult: (delivery, at) => check(delivery, at === undefined ? Date.now() : millisOf(at))
})

const millisOf = (at: DateTime.Utc | Date): number => {
  const millis = DateTime.isDateTime(at) ? DateTime.toEpochMillis(at) : Number(at)
  if (Number.isFinite(millis)) return millis
  throw new TypeError("verifyResult: the time is no DateTime and no Date")
}
