import { describe, expect, it } from "@effect/vitest"
import { Array, Arbitrary, Clock, Duration, Effect, Fiber, Redacted, Ref, Schema } from "effect"
import { TestClock } from "effect/testing"
import { Budget } from "../src/index.ts"

/** The budget of one Spot. */
const spot = (limits?: ReadonlyArray<Budget.Limit>) => Budget.makeMemory(limits).forKey(Redacted.make("k"))

const three = [{ calls: 3, window: "10 seconds" }] as const

/** A call that tells when it began and ended. */
const call = (lasting: Duration.Input = 0): Effect.Effect<Span> =>
  Effect.gen(function* () {
    const from = yield* Clock.currentTimeMillis
    yield* Effect.sleep(lasting)
    return { from, to: yield* Clock.currentTimeMillis }
  })

interface Span {
  readonly from: number
  readonly to: number
}

const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

describe("a budget in memory", () => {
  it.effect(
    "lets through what fits at once, and the next when the window has passed since a call's end",
    () =>
      Effect.gen(function* () {
        const { within } = spot(three)
        const fiber = yield* Effect.forkChild(
          Effect.forEach(Array.range(1, 7), () => within(call("1 second")), { concurrency: "unbounded" })
        )
        yield* TestClock.adjust("60 seconds")
        const times = yield* Fiber.join(fiber)
        expect(times.map(({ from }) => from)).toEqual([0, 0, 0, 11_000, 11_000, 11_000, 22_000])
      })
  )

  it.effect.each([
    ["a millisecond before the window has passed, waits for it", 9_999],
    ["when the window has just passed, is made at once", 10_000]
  ] as const)("a call that comes %s", ([, at]) =>
    Effect.gen(function* () {
      const { within } = spot([{ calls: 1, window: "10 seconds" }])
      expect(yield* within(call())).toEqual({ from: 0, to: 0 })
      yield* TestClock.adjust(at)
      const next = yield* Effect.forkChild(within(call()), { startImmediately: true })
      expect(next.pollUnsafe() === undefined).toBe(at < 10_000)
      yield* TestClock.adjust("1 milli")
      expect(yield* Fiber.join(next)).toEqual({ from: 10_000, to: 10_000 })
    })
  )

  it.effect("holds two windows at once", () =>
    Effect.gen(function* () {
      const { within } = spot([
        { calls: 2, window: "1 second" },
        { calls: 3, window: "1 minute" }
      ])
      const fiber = yield* Effect.forkChild(Effect.forEach(Array.range(1, 6), () => within(call())))
      yield* TestClock.adjust("5 minutes")
      const times = yield* Fiber.join(fiber)
      expect(times.map(({ from }) => from)).toEqual([0, 0, 1000, 60_000, 60_000, 61_000])
    })
  )

  it.effect("is first come, first served", () =>
    Effect.gen(function* () {
      const { within } = spot([{ calls: 1, window: "1 second" }])
      const order = yield* Ref.make<ReadonlyArray<number>>([])
      const fiber = yield* Effect.forkChild(
        Effect.forEach(Array.range(1, 5), (n) => within(Ref.update(order, Array.append(n))), {
          concurrency: "unbounded"
        })
      )
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(fiber)
      expect(yield* Ref.get(order)).toEqual([1, 2, 3, 4, 5])
    })
  )

  it.effect("takes nothing from who is interrupted while waiting, and what was spent from who is later", () =>
    Effect.gen(function* () {
      const { within } = spot([{ calls: 1, window: "10 seconds" }])
      const first = yield* Effect.forkChild(within(call("1 hour")))
      yield* TestClock.adjust("1 second")
      const waiting = yield* Effect.forkChild(within(call()))
      const last = yield* Effect.forkChild(within(call()))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(waiting)
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust("10 seconds")
      expect(yield* Fiber.join(last)).toEqual({ from: 12_000, to: 12_000 })
    })
  )

  it.effect("counts a call that fails", () =>
    Effect.gen(function* () {
      const { within } = spot([{ calls: 1, window: "10 seconds" }])
      expect(yield* Effect.flip(within(Effect.fail("no")))).toBe("no")
      const fiber = yield* Effect.forkChild(within(call()))
      yield* TestClock.adjust("10 seconds")
      expect(yield* Fiber.join(fiber)).toEqual({ from: 10_000, to: 10_000 })
    })
  )

  it.effect("leaves the caller's scope alone", () =>
    Effect.gen(function* () {
      const { within } = spot()
      const closed = yield* Ref.make(false)
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* within(Effect.addFinalizer(() => Ref.set(closed, true)))
          expect(yield* Ref.get(closed)).toBe(false)
        })
      )
      expect(yield* Ref.get(closed)).toBe(true)
    })
  )

  it("refuses a limit that would let nothing through", () => {
    expect(() => spot([{ calls: 0, window: "1 second" }])).toThrow(`"calls" is 0`)
  })

  it.effect.prop(
    "is never overspent, at whatever moment of a call the upstream counts it",
    {
      limits: Arbitrary.schema(
        Schema.NonEmptyArray(
          Schema.Struct({
            calls: between(1, 4),
            window: Schema.Literals(["1 second", "3 seconds", "7 seconds"])
          })
        )
      ),
      calls: Arbitrary.schema(
        Schema.Array(
          Schema.Struct({ at: between(0, 20_000), lasting: between(0, 4_000), percent: between(0, 100) })
        )
      )
    },
    ({ limits, calls }) =>
      Effect.gen(function* () {
        const budget = spot(limits)
        const arrivals = yield* Effect.forkChild(
          Effect.forEach(
            calls,
            ({ at, lasting, percent }) =>
              budget.within(call(lasting)).pipe(
                Effect.delay(at),
                Effect.map(({ from, to }) => from + ((to - from) * percent) / 100)
              ),
            { concurrency: "unbounded" }
          )
        )
        yield* TestClock.adjust("1 hour")
        const counted = (yield* Fiber.join(arrivals)).toSorted((a, b) => a - b)
        expect(counted).toHaveLength(calls.length)
        for (const { calls: most, window } of limits) {
          const stretches = counted.slice(most).map((time, index) => time - (counted[index] ?? NaN))
          expect(stretches.filter((millis) => !(millis >= Duration.toMillis(window)))).toEqual([])
        }
      })
  )
})
