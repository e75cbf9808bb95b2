/** Verifies a quarantined delivery in each of its requests, with the present secrets and the time of the request. */
import { type ByteSize, Effect, Result } from "effect"
import type { Verified } from "@usher/signatures"
import type { Refusal } from "@usher/model/Quarantined"
import { type Judge, sentenceOf } from "../../receive/judging/judge.ts"
import { type Answer, decodeVerdict } from "../../receive/judging/protocol.ts"
import type { Source } from "../../source/Source.ts"
import type { Request } from "./rows.ts"

export interface Judged extends Request {
  readonly verdict: Result.Result<Pick<Verified.Verified, "deliveryId">, Refusal>
}

/** Returns the first request that verifies, or the first of all if none does. */
export const judgingAny = (judge: Judge["judge"]) =>
  Effect.fnUntraced(function* (
    source: Source,
    [first, ...others]: readonly [Request, ...ReadonlyArray<Request>],
    maxSize: ByteSize.ByteSize
  ): Effect.fn.Return<Judged> {
    const judged = (request: Request) =>
      Effect.map(judge({ source, ...request, maxSize }), (answer) => ({
        ...request,
        verdict: verdictOf(answer)
      }))
    const one = yield* judged(first)
    for (const request of Result.isSuccess(one.verdict) ? [] : others) {
      const other = yield* judged(request)
      if (Result.isSuccess(other.verdict)) return other
    }
    return one
  })

/** A delivery that could not be judged is refused. */
export const verdictOf = (answer: Answer): Judged["verdict"] =>
  "lost" in answer
    ? Result.fail({ reason: "NotJudged", message: sentenceOf(answer) })
    : decodeVerdict(answer.verdict)
