/** Exact sliding windows over the calls of one key, in memory. */
import { Clock, Duration, Effect, Metric, Scope, Semaphore } from "effect"
import type { SpotBudget } from "./SpotBudget.ts"
import { budgetRemaining } from "../Metrics.ts"

export interface Window {
  readonly calls: number
  readonly millis: number
}

interface SlidingWindows extends SpotBudget {
  /** The number of ended calls in memory: at most twice the calls of the windows, plus one. */
  readonly remembered: () => number
}

export const slidingWindows = (limits: ReadonlyArray<Window>): SlidingWindows => {
  const windows = limits.map((limit) => ({
    ...limit,
    first: 0,
    gauge: Metric.withAttributes(budgetRemaining, { window: `${limit.millis / 1_000}s` })
  }))
  const turn = Semaphore.makeUnsafe(1)
  /** When the calls ended, oldest first; each window begins at its `first`. */
  let ended: Array<number> = []
  let underWay = 0
  let restsUntil = 0

  /** Milliseconds until there can be room. Running calls count as if they ended at `time`. */
  const waitAt = (time: number): number => {
    let wait = Math.max(0, restsUntil - time)
    for (const window of windows) {
      while ((ended[window.first] ?? Infinity) + window.millis <= time) window.first++
      const excess = underWay + ended.length - window.first + 1 - window.calls
      if (excess > 0) {
        wait = Math.max(wait, (ended[window.first + excess - 1] ?? time) + window.millis - time)
      }
    }
    return wait
  }

  const forget = () => {
    const passed = Math.min(...windows.map(({ first }) => first))
    if (passed <= ended.length / 2) return
    ended = ended.slice(passed)
    for (const window of windows) window.first -= passed
  }

  const showRemaining = Effect.withFiber((fiber) => {
    for (const { calls, first, gauge } of windows) {
      gauge.updateUnsafe(calls - underWay - (ended.length - first), fiber.context)
    }
    return Effect.void
  })

  const release = Effect.map(now, (time) => {
    underWay--
    ended.push(time)
    forget()
  })

  const take: Effect.Effect<void, never, Scope.Scope> = Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(now, (time) => {
      const wait = waitAt(time)
      if (wait > 0) return Effect.andThen(restore(Effect.sleep(Math.ceil(wait))), take)
      underWay++
      return Effect.andThen(
        showRemaining,
        Effect.addFinalizer(() => release)
      )
    })
  )

  return {
    remembered: () => ended.length,
    rest: (duration) =>
      Effect.map(now, (time) => {
        restsUntil = Math.max(restsUntil, time + Duration.toMillis(duration))
      }),
    within: (call) =>
      Effect.scopedWith((scope) => Effect.andThen(Scope.provide(turn.withPermit(take), scope), call))
  }
}

/** The monotonic time in milliseconds: a clock that is set back would free a call early. */
const now = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos) / 1e6)
