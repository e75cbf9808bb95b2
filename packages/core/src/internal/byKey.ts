/** One budget for each secret key. */
import { Clock, MutableHashMap, Option, type Redacted } from "effect"
import type { SpotBudget } from "./SpotBudget.ts"

/**
 * Equal `Redacted`s are one key. The map holds only the `Redacted`s, so no key is in it in plain text. Times of different
 * clocks can't be compared, so each clock has its own budget.
 */
export const byKey = (make: () => SpotBudget): ((secretKey: Redacted.Redacted) => SpotBudget) => {
  const counts = MutableHashMap.empty<Redacted.Redacted, WeakMap<Clock.Clock, SpotBudget>>()

  const countOf = (secretKey: Redacted.Redacted) => {
    const found = Option.getOrUndefined(MutableHashMap.get(counts, secretKey))
    if (found !== undefined) return found
    const made = new WeakMap<Clock.Clock, SpotBudget>()
    MutableHashMap.set(counts, secretKey, made)
    return made
  }

  return (secretKey) => {
    const clocks = countOf(secretKey)
    const timedBy = (clock: Clock.Clock) => {
      const found = clocks.get(clock)
      if (found !== undefined) return found
      const made = make()
      clocks.set(clock, made)
      return made
    }
    return {
      within: (call) => Clock.clockWith((clock) => timedBy(clock).within(call)),
      rest: (duration, reason) => Clock.clockWith((clock) => timedBy(clock).rest(duration, reason))
    }
  }
}
