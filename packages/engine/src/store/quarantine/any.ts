/** Judges a kept delivery in each of the requests in which it came: by the present secrets, and by the time when it came. */
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

/** The first of the requests that verifies; where none does, the first of all. */
export const judgingAny = (judge: Judge["judge"]) =>
  Effect.fnUntraced(function* (
    source: Source,
    [first, ...others]: readonly [Request, ...ReadonlyArray<Request>],
    maxSize: ByteSize.ByteSize
  ): Effect.fn.Return<Judged> {
    const judged = { ...first, verdict: verdictOf(yield* judge({ source, ...first, maxSize })) }
    if (Result.isSuccess(judged.verdict)) return judged
    for (const request of others) {
      const verdict = verdictOf(yield* judge({ source, ...request, maxSize }))
      if (Result.isSuccess(verdict)) return { ...request, verdict }
    }
    return judged
  })

const verdictOf = (answer: Answer): Judged["verdict"] =>
  "lost" in answer
    ? Result.fail({ reason: "NotJudged", message: sentenceOf(answer) })
    : decodeVerdict(answer.verdict)
