/** Judges a kept delivery again: by the present secrets, and by the time when it came. */
import { type DateTime, Effect, Result } from "effect"
import type { Delivery, Verified, VerificationFailed } from "@usher/signatures"
import type { Identity, Source } from "../../Source.ts"

export interface Judged {
  readonly verdict: Result.Result<Verified.Verified, VerificationFailed.VerificationFailed>
  /** The same whether it verifies or not: the sender's next retry has it, too. */
  readonly identity: Identity
}

export const judge = (source: Source, delivery: Delivery.Delivery, at: DateTime.Utc): Effect.Effect<Judged> =>
  Effect.map(Effect.result(source.verifier.verifyAt(delivery, at)), (verdict) => ({
    verdict,
    identity: source.identify(delivery, Result.getOrUndefined(verdict))
  }))
