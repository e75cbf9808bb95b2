/** Watches the system clock, so that the log says when somebody, or something, has set it. */
import { Clock, Effect, Layer } from "effect"
import { wasSet } from "./clockJump.ts"
import { monotonicUnsafe } from "./monotonic.ts"

/** In milliseconds: a clock that is adjusted by less is not reported. */
const least = 1_000

/** How often it is read. */
const pace = "1 second"

/** In milliseconds: a reading that took longer, in a process that was frozen, says nothing. */
const longestReading = 100

/** The system clock against the monotonic time of this process; undefined if the process was interrupted between the two. */
const offset = Clock.clockWith((clock) =>
  Effect.sync(() => {
    const before = monotonicUnsafe(clock)
    const now = clock.currentTimeMillisUnsafe()
    const after = monotonicUnsafe(clock)
    return after - before > longestReading ? undefined : now - after
  })
)

/**
 * Logs one line for each jump of the system clock, with by how much it was set, for as long as the layer lives. Meant for a
 * process, beside a relay: the relay itself goes by time that can't be set.
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
