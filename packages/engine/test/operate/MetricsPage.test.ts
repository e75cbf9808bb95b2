import { expect, it } from "@effect/vitest"
import { Clock, Effect, Function, Metric } from "effect"
import { HttpClient } from "effect/http"
import { MetricsPage } from "../../src/index.ts"
import { serve } from "../fixtures.ts"

/** A metric that takes 10 ms to read, and a clock by which it does. */
const slow = Effect.gen(function* () {
  const time = { now: 0, reads: 0 }
  const clock = yield* Clock.Clock
  const nanos = () => BigInt(time.now) * 1_000_000n
  Metric.registerUnsafe(Metric.gauge("reads"), yield* Effect.context<never>(), {
    get: () => {
      time.now += 10
      return { value: ++time.reads }
    },
    update: Function.constVoid,
    modify: Function.constVoid
  })
  const steady = { ...clock, monotonicTimeNanosUnsafe: nanos, monotonicTimeNanos: Effect.sync(nanos) }
  return { time, clock: steady }
})

it.effect("the page takes a twentieth of the process's time at most, however often it is asked for", () =>
  Effect.gen(function* () {
    const { time, clock } = yield* slow
    yield* Effect.gen(function* () {
      const reads = Effect.andThen(
        Effect.flatMap(HttpClient.get("/metrics"), (response) => response.text),
        Effect.sync(() => time.reads)
      )
      expect([yield* reads, yield* reads]).toEqual([1, 1])
      time.now += 199
      expect(yield* reads).toBe(1)
      time.now += 1
      expect([yield* reads, yield* reads]).toEqual([2, 2])
    }).pipe(Effect.provide(serve(MetricsPage.layer)), Effect.provideService(Clock.Clock, clock))
  }).pipe((test) => Effect.suspend(() => Effect.provideService(test, Metric.MetricRegistry, new Map())))
)
