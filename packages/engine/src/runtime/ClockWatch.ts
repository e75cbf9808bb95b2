/** Watches the system clock, and logs when it is changed. */
import { Clock, Effect, Layer } from "effect"
import { wasSet } from "./clockJump.ts"
import { monotonicUnsafe } from "./monotonic.ts"

/** In milliseconds: smaller changes are not logged. */
const least = 1_000

/** How often the clock is read. */
const pace = "1 second"

/** In milliseconds: a slower reading, in a process that was frozen, is ignored. */
const maxReading = 100

/** The system clock minus the monotonic clock. Undefined if the process was interrupted between the two readings. */
const offset = Clock.clockWith((clock) =>
  Effect.sync(() => {
    const before = monotonicUnsafe(clock)
    const now = clock.currentTimeMillisUnsafe()
    const after = monotonicUnsafe(clock)
    return after - before > maxReading ? undefined : now - after
  })
)

/**
 * Logs one line for each jump of the system clock, with the size of the change, while the layer exists. For a process
 * with a relay: the relay itself uses the monotonic clock.
 *
 * @category layers
 */
export const layer: Layer.Layer<never> = Layer.effectDiscard(
  Effect.gen(function* () {
    let known = yield* offset
    const look = Effect.gen(function* () {
      yield* Effect.sleep(pace)
      const found = yield* offset
      if (found === undefined) return
      const by = known === undefined ? 0 : found - known
      known = found
      if (Math.abs(by) < least) return
      yield* Effect.logWarning(`the system clock was ${wasSet(by)}`)
    })
    yield* Effect.forkScoped(Effect.forever(look))
  })
)
