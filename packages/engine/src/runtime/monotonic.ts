/** The time that passes in this process, whatever becomes of the system clock. */
import { Clock, Effect } from "effect"

/** Milliseconds since some moment. Only differences mean anything, and only in this process. */
export const monotonicUnsafe = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6

/** The same, as an effect. */
export const monotonic: Effect.Effect<number> = Clock.clockWith((clock) =>
  Effect.sync(() => monotonicUnsafe(clock))
)

/** A clock whose `currentTimeMillis` can't be set, for code that measures waits by it. */
export const steadyClock = (clock: Clock.Clock): Clock.Clock => ({
  currentTimeMillisUnsafe: () => monotonicUnsafe(clock),
  currentTimeMillis: Effect.sync(() => monotonicUnsafe(clock)),
  currentTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
  currentTimeNanos: clock.monotonicTimeNanos,
  monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
  monotonicTimeNanos: clock.monotonicTimeNanos,
  sleep: (duration) => clock.sleep(duration)
})
