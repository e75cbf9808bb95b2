import { Clock, DateTime, Effect, Result } from "effect"
import type { Delivery } from "./Delivery.ts"
import type { Check } from "./internal/check.ts"
import { compile } from "./internal/compile.ts"
import type { Scheme } from "./Scheme.ts"
import type { InvalidSecret, Secret } from "./Secret.ts"
import type { VerificationFailed } from "./VerificationFailed.ts"
import type { Verified } from "./Verified.ts"

/**
 * Verifies deliveries of one source.
 *
 * @category models
 * @since 0.1.0
 */
export interface Verifier {
  /** Now, by the `Clock` alone. */
  readonly verify: (delivery: Delivery) => Effect.Effect<Verified, VerificationFailed>
  /** A delivery that was kept: by the time when it came in, which its signature and the secrets' ends are judged by. */
  readonly verifyAt: (delivery: Delivery, at: DateTime.Utc) => Effect.Effect<Verified, VerificationFailed>
}

/**
 * Build a verifier. Secrets are checked and turned into keys here, so that a wrong one fails now.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: {
  readonly scheme: Scheme
  readonly secrets: ReadonlyArray<Secret>
}): Effect.Effect<Verifier, InvalidSecret> =>
  Effect.suspend(() => Effect.fromResult(Result.map(compile(options.scheme, options.secrets), fromCheck)))

// One step for each delivery: no generator, no span.
const fromCheck = (check: Check): Verifier => ({
  verify: (delivery) =>
    Clock.clockWith((clock) => Effect.fromResult(check(delivery, clock.currentTimeMillisUnsafe()))),
  verifyAt: (delivery, at) =>
    Effect.suspend(() => Effect.fromResult(check(delivery, DateTime.toEpochMillis(at))))
})
