/** The boundary at which a loop's failure is caught whole, said, and followed by another try. */
import { Effect } from "effect"

/** Runs a step again and again; after a failure, which is logged, it rests for a second. */
export const supervise = <R>(
  name: string,
  step: Effect.Effect<void, unknown, R>
): Effect.Effect<never, never, R> =>
  Effect.forever(
    Effect.catchCause(step, (cause) =>
      Effect.andThen(
        Effect.logError(`${name} failed and goes on in a second`, cause),
        Effect.sleep("1 second")
      )
    )
  )
