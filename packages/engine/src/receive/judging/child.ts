/** The process in which refused deliveries are judged and diagnosed, one after the other. */
import { ByteSize, DateTime, Effect, Result } from "effect"
import { Diagnosis, Verifier } from "@usher/signatures"
import { say, serve } from "../../runtime/process/serve.ts"
import { openAndVerify } from "../opening.ts"
import { type Answer, decodeDelivery, decodeSource, encodeVerdict, type Job } from "./protocol.ts"

const judge = Effect.fnUntraced(function* (job: Job): Effect.fn.Return<Answer> {
  const source = decodeSource(job.source)
  const { scheme, secrets } = source
  const delivery = decodeDelivery(job.delivery)
  const at = DateTime.makeUnsafe(job.at)
  const maxSize = ByteSize.bytes(job.maxSize)
  if (job.kind === "judge") {
    const verifier = yield* Effect.orDie(Verifier.make({ scheme, secrets }))
    const verdict = yield* Effect.result(openAndVerify({ verifier }, delivery, { at, maxSize }))
    return {
      verdict: encodeVerdict(Result.map(verdict, ({ verified }) => verified)),
      findings: [],
      tried: []
    }
  }
  const others = job.others.map(decodeSource)
  const report = yield* Effect.orDie(Diagnosis.diagnose({ scheme, secrets, delivery, others, at, maxSize }))
  return { ...report, verdict: encodeVerdict(report.verdict) }
})

const broken: Answer = { lost: "Broken" }

serve<Job>(async (jobs) => {
  for (const job of jobs) {
    const answer = await Effect.runPromise(Effect.catchCause(judge(job), () => Effect.succeed(broken)))
    say(JSON.stringify(answer))
  }
})
