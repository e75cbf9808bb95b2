/** The child process that verifies and diagnoses refused deliveries, one after the other. */
import { Effect, Result } from "effect"
import { Diagnosis, Verifier } from "@usher/signatures"
import { say, serve } from "../../runtime/process/serve.ts"
import { openAndVerify } from "../opening.ts"
import { type Answer, decodeJob, encodeVerdict } from "./protocol.ts"

const judge = Effect.fnUntraced(function* (job: unknown): Effect.fn.Return<Answer> {
  const { kind, source, others, delivery, at, maxSize } = decodeJob(job)
  const { scheme, secrets } = source
  if (kind === "judge") {
    const verifier = yield* Effect.orDie(Verifier.make({ scheme, secrets }))
    const verdict = yield* Effect.result(openAndVerify({ verifier }, delivery, { at, maxSize }))
    return {
      verdict: encodeVerdict(Result.map(verdict, ({ verified }) => verified)),
      findings: [],
      tried: []
    }
  }
  const report = yield* Effect.orDie(Diagnosis.diagnose({ scheme, secrets, delivery, others, at, maxSize }))
  return { ...report, verdict: encodeVerdict(report.verdict) }
})

const broken: Answer = { lost: "Broken" }

serve<unknown>(async (jobs) => {
  for (const job of jobs) {
    const answer = await Effect.runPromise(Effect.catchCause(judge(job), () => Effect.succeed(broken)))
    say(JSON.stringify(answer))
  }
})
