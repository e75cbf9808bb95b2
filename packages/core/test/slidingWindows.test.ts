/** How exactly windows are kept, and what is told of them. */
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Metric, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { Budget, Metrics } from "../src/index.ts"
import { slidingWindows } from "../src/internal/slidingWindows.ts"

const spot = (limits: ReadonlyArray<Budget.Limit>) => Budget.makeMemory(limits).forKey(Redacted.make("k"))

/** What the gauge of a window shows. */
const remaining = (window: string) =>
  Effect.map(Metric.value(Metric.withAttributes(Metrics.budgetRemaining, { window })), ({ value }) => value)

describe("the gauge of a window", () => {
  it.effect("shows what is left of it as of the latest call", () =>
    Effect.gen(function* () {
      const { within } = spot([
        { calls: 5, window: "10 seconds" },
        { calls: 9, window: "1500 millis" },
        { calls: 20, window: "1 minute" }
      ])
      const shown = Effect.all(["10s", "1.5s", "60s"].map(remaining))
      yield* within(Effect.void)
      expect(yield* shown).toEqual([4, 8, 19])
      const long = yield* Effect.forkChild(within(Effect.sleep("1 hour")))
      yield* TestClock.adjust("1 second")
      yield* within(Effect.void)
      expect(yield* shown).toEqual([2, 6, 17])
      // The first has left the window of 10 seconds in this very millisecond.
      yield* TestClock.adjust("9 seconds")
      yield* within(Effect.void)
      expect(yield* shown).toEqual([2, 7, 16])
      yield* Fiber.interrupt(long)
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
  )
})

describe("a window of a day", () => {
  it.effect("is as long as that, to the millisecond", () =>
    Effect.gen(function* () {
      const { within } = spot([{ calls: 1, window: "24 hours" }])
      yield* within(Effect.void)
      yield* TestClock.adjust(Duration.subtract(Duration.hours(24), Duration.millis(1)))
      const next = yield* Effect.forkChild(within(Effect.void))
      yield* TestClock.adjust(0)
      expect(next.pollUnsafe()).toBeUndefined()
      yield* TestClock.adjust("1 millis")
      expect(next.pollUnsafe()).toBeDefined()
    })
  )
})

it.effect("calls that no window counts any more do not stay in memory", () =>
  Effect.gen(function* () {
    const { within, remembered } = slidingWindows([
      { calls: 10, millis: 1_000 },
      { calls: 20, millis: 2_000 }
    ])
    let most = 0
    for (let made = 0; made < 300; made++) {
      yield* within(Effect.void)
      most = Math.max(most, remembered())
      yield* TestClock.adjust("100 millis")
    }
    expect(most).toBeGreaterThanOrEqual(20)
    expect(most).toBeLessThanOrEqual(41)
  })
)

it("the documented limits are 100 calls in 10 seconds and 50,000 in a day", () => {
  expect(Budget.documented.map(({ calls, window }) => [calls, Duration.toSeconds(window)])).toEqual([
    [100, 10],
    [50_000, 86_400]
  ])
})
