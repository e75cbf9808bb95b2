/** Supervises loops: logs every failure, and restarts the step. */
import { Context, Effect, Random } from "effect"
import { ofCause, Troubles } from "./Troubles.ts"

/** In milliseconds: the wait after the first consecutive failure, and the longest one. */
const minWait = 1_000
const maxWait = 5_000

const Working = Context.Reference<Effect.Effect<void>>("@usher/engine/Working", {
  defaultValue: () => Effect.void
})

/** Reports a success from within a step that then waits or never ends. */
export const working: Effect.Effect<void> = Effect.flatten(Working)

/** Repeats a step. After consecutive failures, the wait doubles each time, up to 5 seconds. */
export const supervise = <R>(
  name: string,
  step: Effect.Effect<void, unknown, R>
): Effect.Effect<never, never, R> =>
  Effect.flatMap(Troubles, (troubles) => {
    let failures = 0
    const works = Effect.suspend(() => {
      failures = 0
      return troubles.worked(name)
    })
    return step.pipe(
      Effect.andThen(works),
      Effect.catchCause((cause) =>
        Effect.andThen(troubles.failed(ofCause(name, cause)), waitAfter(failures++))
      ),
      Effect.forever,
      Effect.provideService(Working, works)
    )
  })

/** With jitter from half of the wait to all of it, so that loops that failed together do not resume together. */
export const waitAfter = (failures: number): Effect.Effect<void> =>
  Effect.flatMap(Random.next, (chance) =>
    Effect.sleep(Math.round(Math.min(maxWait, minWait * 2 ** failures) * (0.5 + chance / 2)))
  )
