/** Works off jobs, one step of each in turn. Several relays on one database share the work. */
import { Clock, Context, Duration, Effect, Layer, PubSub, Result } from "effect"
import { Inbox } from "../ports/Inbox.ts"
import { Jobs } from "../ports/Jobs.ts"
import { backgroundThrottle } from "../runtime/backgroundThrottle.ts"
import { supervise, working } from "../runtime/supervise.ts"

/**
 * How often the runner looks for jobs without a signal: after another relay was killed. Default: 5 seconds.
 *
 * @category references
 */
export const LookEvery = Context.Reference<Duration.Input>("@usher/engine/JobRunner/LookEvery", {
  defaultValue: () => "5 seconds"
})

const trimEvery = Duration.toMillis("1 hour")

/**
 * Works off jobs while the layer exists, throttled while deliveries arrive. Deletes old jobs every hour.
 *
 * @category layers
 */
export const layer: Layer.Layer<never, never, Jobs | Inbox> = Layer.effectDiscard(
  Effect.gen(function* () {
    const jobs = yield* Jobs
    const signals = yield* (yield* Inbox).signals("job")
    const lookEvery = yield* LookEvery
    const { throttled } = yield* backgroundThrottle
    let trimmedAt = -Infinity

    const trim = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      if (now - trimmedAt < trimEvery) return
      yield* jobs.trim
      trimmedAt = now
    })

    /** One step of each job. A step that fails does not keep the other jobs from theirs. */
    const round = Effect.gen(function* () {
      yield* trim
      const steps = yield* Effect.forEach(yield* jobs.running, (id) =>
        Effect.result(throttled(jobs.step(id)))
      )
      for (const step of steps) yield* Effect.fromResult(step)
      yield* working
      const isIdle = !steps.some(Result.getOrElse(() => false))
      if (isIdle) yield* Effect.timeoutOption(PubSub.take(signals), lookEvery)
    })
    yield* Effect.forkScoped(supervise("Jobs", round))
  })
)
