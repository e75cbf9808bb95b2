/** Judges a kept delivery again: by the present secrets, and by the time when it came. */
import { type ByteSize, type DateTime, Effect, Result } from "effect"
import type { Delivery, Verified, VerificationFailed } from "@usher/signatures"
import type { Identity, Source } from "../../Source.ts"
import { open, verify } from "../opening.ts"
import type { Request } from "./rows.ts"

export interface Judged {
  readonly verdict: Result.Result<Verified.Verified, VerificationFailed.VerificationFailed>
  /** The same whether it verifies or not: the sender's next retry has it, too. */
  readonly identity: Identity
}

/** The first of the requests that verifies; where none does, the first of all. */
export const judgeAny = Effect.fnUntraced(function* (
  source: Source,
  [first, ...others]: readonly [Request, ...ReadonlyArray<Request>],
  maxSize: ByteSize.ByteSize
): Effect.fn.Return<Judged & Request> {
  const judged = { ...first, ...(yield* judge(source, first.delivery, { at: first.at, maxSize })) }
  if (Result.isSuccess(judged.verdict)) return judged
  for (const request of others) {
    const again = yield* judge(source, request.delivery, { at: request.at, maxSize })
    if (Result.isSuccess(again.verdict)) return { ...request, ...again }
  }
  return judged
})

export const judge = Effect.fnUntraced(function* (
  source: Source,
  sent: Delivery.Delivery,
  options: { readonly at: DateTime.Utc; readonly maxSize: ByteSize.ByteSize }
): Effect.fn.Return<Judged> {
  const opened = yield* Effect.result(open(sent, options.maxSize))
  if (Result.isFailure(opened))
    return { verdict: Result.fail(opened.failure), identity: source.identify(sent) }
  const delivery = opened.success
  const verdict = yield* Effect.result(verify(source, sent, delivery, options.at))
  return { verdict, identity: source.identify(delivery, Result.getOrUndefined(verdict)) }
})
