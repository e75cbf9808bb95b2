/** The monotonic clock of this process, which changes of the system clock do not affect. */
import { Clock, Effect } from "effect"

/** Milliseconds since some moment. Only differences are meaningful, and only in this process. */
export const monotonicUnsafe = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6

/** The same, as an effect. */
export const monotonic: Effect.Effect<number> = Clock.clockWith((clock) =>
  Effect.sync(() => monotonicUnsafe(clock))
)

/** A clock whose `currentTimeMillis` is monotonic, for code that measures waits with it. */
export const steadyClock = (clock: Clock.Clock): Clock.Clock => ({
  currentTimeMillisUnsafe: () => monotonicUnsafe(clock),
  currentTimeMillis: Effect.sync(() => monotonicUnsafe(clock)),
  currentTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
  currentTimeNanos: clock.monotonicTimeNanos,
  monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
  monotonicTimeNanos: clock.monotonicTimeNanos,
  sleep: (duration) => clock.sleep(duration)
})
