/** Builds the verifier of one source from its scheme and secrets. */
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
 * Verifies deliveries of one source. `D` is `DeliveryWithUrl` if the scheme verifies the URL.
 *
 * @category models
 */
export interface Verifier<in D extends Delivery = Delivery> {
  /** Verifies a delivery by the time of `Clock`. */
  readonly verify: (delivery: D) => Effect.Effect<Verified, VerificationFailed>
  /** Verifies a stored delivery by the time at which it was received: the age of its signature and the expiry of secrets. */
  readonly verifyAt: (delivery: D, at: DateTime.Utc) => Effect.Effect<Verified, VerificationFailed>
  /** Verifies a delivery synchronously. `at` is the time of the verification. Default: this machine's time. */
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
 * Options of a verifier.
 *
 * @category options
 */
export interface Options<S extends SchemeInput = SchemeInput> {
  /** The scheme of the sender. Header names may be in any case. */
  readonly scheme: S
  /** The secrets shared with the sender. Any of them may have signed. */
  readonly secrets: ReadonlyArray<SecretInput>
}

/**
 * Builds a verifier from a scheme. Secrets are checked and turned into keys here, so an invalid one fails now. Dies with
 * `Scheme.InvalidScheme` if the scheme is misspelled.
 *
 * **Example** (A custom scheme)
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
 * Builds a verifier of a known sender, by its name or an alias. Dies with `Senders.UnknownSender`, which names the nearest
 * sender, if a program without types misspells the name.
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
 * The delivery that a known sender needs: with its URL if the sender signs the URL or puts its token there.
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

// The hot path: no generator, no span.
const fromCheck = (check: Check): Verifier => ({
  verify: (delivery) =>
    Clock.clockWith((clock) => Effect.fromResult(check(delivery, clock.currentTimeMillisUnsafe()))),
  verifyAt: (delivery, at) =>
    Effect.suspend(() => Effect.fromResult(check(delivery, DateTime.toEpochMillis(at)))),
  // oxlint-disable-next-line no-restricted-globals -- Called without a runtime that has a clock.
  verifyResult: (delivery, at) => check(delivery, at === undefined ? Date.now() : millisOf(at))
})

const millisOf = (at: DateTime.Utc | Date): number => {
  const millis = DateTime.isDateTime(at) ? DateTime.toEpochMillis(at) : Number(at)
  if (Number.isFinite(millis)) return millis
  throw new TypeError("verifyResult: the time is neither a DateTime nor a Date")
}
