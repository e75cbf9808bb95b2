/** Records the results of ended jobs in the audit log, each once, whichever relay does the last step. */
import { Effect, Layer, PubSub } from "effect"
import { Inbox, Jobs, Troubles } from "@usher/engine"
import { AuditLog } from "../../AuditLog.ts"

/** Records the results of all jobs that have ended. */
export const reportJobs = Effect.gen(function* () {
  const jobs = yield* Jobs.Jobs
  const audit = yield* AuditLog
  const one = jobs.report((act, { done, reason, state }) =>
    audit.finish(act, `${state}: ${done}${reason === null ? "" : `; ${reason}`}`)
  )
  return Effect.repeat(one, { while: (isReported) => isReported })
})

/** Records them at the start, when a job ends, and every minute. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const signals = yield* (yield* Inbox.Inbox).signals("job")
    const report = yield* reportJobs
    const round = Effect.andThen(
      Troubles.attempt("Recording the results of jobs", report),
      Effect.timeoutOption(PubSub.take(signals), "1 minute")
    )
    yield* Effect.forkScoped(Effect.forever(round))
  })
)
