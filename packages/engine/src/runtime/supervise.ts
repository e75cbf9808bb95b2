/** The boundary at which a loop's failure is caught whole, logged, and followed by another try. */
import { Context, Effect, Random } from "effect"
import { ofCause, Troubles } from "./Troubles.ts"

/** In milliseconds: how long a loop waits after its first failure in a row, and at most. */
const shortestWait = 1_000
const longestWait = 5_000

const Working = Context.Reference<Effect.Effect<void>>("@usher/engine/Working", {
  defaultValue: () => Effect.void
})

/** Says that the loop works, from within a step that then waits, or goes on for ever. */
export const working: Effect.Effect<void> = Effect.flatten(Working)

/** Runs a step again and again. After failures in a row it waits twice as long each time, up to 5 seconds. */
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

/** By chance from half of it to all of it, so that loops that failed together don't come back together. */
export const waitAfter = (failures: number): Effect.Effect<void> =>
  Effect.flatMap(Random.next, (chance) =>
    Effect.sleep(Math.round(Math.min(longestWait, shortestWait * 2 ** failures) * (0.5 + chance / 2)))
  )
