/** Explains why a quarantined delivery does not verify now. */
import { Effect, Result } from "effect"
import { Diagnosis } from "@usher/signatures"
import { type Judge, type Request, sentenceOf } from "../../receive/judging/judge.ts"
import type { Answer } from "../../receive/judging/protocol.ts"
import type { Detail } from "../../receive/Quarantine.ts"
import type { Source } from "../../source/Source.ts"
import { verdictOf } from "./any.ts"

type Explanation = Pick<Detail, "verifies" | "refusal" | "findings" | "tried" | "untried">

/** The explanation if nothing is known. */
export const unexplained: Explanation = {
  verifies: false,
  refusal: null,
  findings: [],
  tried: [],
  untried: null
}

export const explaining = ({ judge, diagnose }: Judge) =>
  Effect.fnUntraced(function* (
    request: Request,
    others: ReadonlyArray<Source>
  ): Effect.fn.Return<Explanation> {
    if (request.delivery.body.length > Diagnosis.limits.body) {
      return explanationOf(yield* judge(request), Diagnosis.tooLarge)
    }
    const answer = yield* diagnose(request, others)
    // Verifying is much cheaper than the search for a cause.
    return "lost" in answer && (answer.lost === "TooSlow" || answer.lost === "TooBig")
      ? explanationOf(yield* judge(request), sentenceOf(answer))
      : explanationOf(answer, null)
  })

/** `leftOut`: why there was no search. */
const explanationOf = (answer: Answer, leftOut: string | null): Explanation => {
  const { findings, tried, untried = leftOut } = "lost" in answer ? unexplained : answer
  return Result.match(verdictOf(answer), {
    onSuccess: () => ({ ...unexplained, verifies: true, findings, tried }),
    onFailure: ({ reason, message }) => ({
      verifies: false,
      refusal: { reason, message },
      findings,
      tried,
      untried
    })
  })
}
