import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import { Budget, type Claiming, SpotControl } from "../../src/index.ts"
import { databaseFile, onEach } from "../databases.ts"
import { claim, lease, settlement } from "../dispatching.ts"
import { alice, layerInboxAt, people, store } from "../fixtures.ts"

const nobody = { live: 0, retry: 0, replay: 0, import: 0 }
const shares = { live: 0.3, retry: 0.1, replay: 0.1, import: 0.1 }
const window = { calls: 100, millis: 10_000, freesAt: Infinity }

describe("the room that a lane has", () => {
  const room = (
    lane: "live" | "retry" | "replay" | "import",
    used: Partial<typeof nobody>,
    wants: ReadonlyArray<string>
  ) =>
    Budget.room(lane, [{ ...window, used: { ...nobody, ...used } }], shares, (other) => wants.includes(other))

  it("is everything but what is kept for live sign-ups, always, and for others while they want it", () => {
    expect(room("live", {}, ["live"])).toBe(100)
    expect(room("import", {}, ["import"])).toBe(70)
    expect(room("import", {}, ["import", "retry"])).toBe(60)
    expect(room("live", {}, ["live", "import"])).toBe(90)
  })

  it("shrinks with what is spent, and a lane that has spent its share is kept none", () => {
    expect(room("import", { import: 70 }, ["import"])).toBe(0)
    expect(room("import", { live: 30, import: 10 }, ["import"])).toBe(60)
    expect(room("live", { import: 100 }, ["live"])).toBe(0)
  })

  it("is that of the fullest window", () => {
    const full = { calls: 5, millis: 86_400_000, freesAt: 1, used: { ...nobody, live: 5 } }
    expect(Budget.room("live", [{ ...window, used: nobody }, full], shares, () => false)).toBe(0)
  })

  const Counts = Schema.Struct({
    live: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 })),
    retry: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 })),
    replay: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 })),
    import: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 }))
  })
  it.effect.prop(
    "never makes a window overflow, nor takes a share that another lane wants",
    [Counts],
    ([used]) =>
      Effect.sync(() => {
        for (const lane of Budget.lanes) {
          const spent = Budget.total({ used })
          const room = Budget.room(lane, [{ ...window, used }], shares, () => true)
          expect(spent + room).toBeLessThanOrEqual(Math.max(100, spent))
          const others = Budget.lanes.filter((other) => other !== lane)
          const kept = others.reduce((sum, other) => sum + Math.max(0, shares[other] * 100 - used[other]), 0)
          if (room > 0) expect(spent + room + kept).toBeLessThanOrEqual(100)
        }
      })
  )
})

const limits: Budget.Limits = { per10s: 10, per24h: 25, shares: { live: 0, retry: 0, replay: 0, import: 0 } }

const claimed = (calls = 100) => Effect.map(claim(calls, "main", { budget: limits }), ({ length }) => length)

describe("the budget, right after a burst and a restart,", () => {
  it.effect("is what it was", () =>
    Effect.gen(function* () {
      const filename = yield* databaseFile
      const on = Effect.provide(layerInboxAt(filename), { local: true })
      yield* on(Effect.andThen(store(people(40)), claimed(7)))
      expect(yield* on(claimed())).toBe(3)
      expect(yield* on(claimed())).toBe(0)
    })
  )
})

onEach((test) => {
  test("is spent with the claim, and comes back when the window has passed since the call's end", (inbox) =>
    Effect.gen(function* () {
      yield* store(people(40))
      const { calls } = yield* inbox.claim({ spot: "main", calls: 100, lease, budget: limits })
      expect(calls).toHaveLength(10)
      expect(yield* claimed()).toBe(0)

      // One has ended at once, the others take 4 seconds; nobody knows when the upstream counts them.
      const [first, ...others] = calls
      const end = Effect.fnUntraced(function* (call: Claiming.Call, duration: Duration.Input) {
        const [claim] = call.claims
        const { result, next, ...rest } = yield* settlement({ status: "invited" })
        const outcomes = [{ claim, result, next }] as const
        yield* inbox.settle({
          ...rest,
          duration: Duration.fromInputUnsafe(duration),
          reservation: call.reservation,
          outcomes
        })
      })
      yield* end(yield* Effect.fromNullishOr(first), 0)
      for (const call of others) yield* end(call, "4 seconds")
      yield* TestClock.adjust("9999 millis")
      expect(yield* inbox.claim({ spot: "main", calls: 100, lease, budget: limits })).toMatchObject({
        calls: [],
        next: DateTime.makeUnsafe(10_000)
      })
      yield* TestClock.adjust("1 milli")
      expect(yield* claimed()).toBe(1)
      yield* TestClock.adjust("4 seconds")
      expect(yield* claimed()).toBe(9)
    }))

  test("of the day is counted whatever the 10 seconds allow, and forgets nothing before it has passed", () =>
    Effect.gen(function* () {
      yield* store(people(60))
      const spent: Array<number> = []
      for (let minutes = 0; minutes < 10; minutes++) {
        spent.push(yield* claimed())
        yield* TestClock.adjust("5 minutes")
      }
      expect(spent.reduce((sum, calls) => sum + calls)).toBe(25)
      yield* TestClock.adjust("23 hours")
      expect(yield* claimed()).toBe(0)
      yield* TestClock.adjust("20 minutes")
      expect(yield* claimed()).toBe(10)
    }))

  test("of the day comes back when 24 hours and the longest that its calls can take have passed", () =>
    Effect.gen(function* () {
      yield* store(people(60))
      const day = { ...limits, per10s: 25 }
      const again = Effect.map(claim(100, "main", { budget: day }), ({ length }) => length)
      expect(yield* again).toBe(25)
      yield* TestClock.adjust(Duration.sum(Duration.hours(24), Duration.subtract(lease, Duration.millis(1))))
      expect(yield* again).toBe(0)
      yield* TestClock.adjust("1 milli")
      expect(yield* again).toBe(25)
    }))

  test("is shared by all who claim at once", () =>
    Effect.gen(function* () {
      yield* store(people(40))
      const counts = yield* Effect.replicateEffect(claimed(4), 8, { concurrency: "unbounded" })
      expect(counts.reduce((sum, calls) => sum + calls)).toBe(10)
    }))

  test("of one Spot is none of another's", () =>
    Effect.gen(function* () {
      yield* store(people(20))
      yield* store([alice], { deliveryId: "2" }, { spot: "other" })
      expect(yield* claimed()).toBe(10)
      expect(yield* claim(10, "other", { budget: limits })).toHaveLength(1)
    }))

  test("gives nothing while the upstream wants a rest, and an earlier end changes nothing", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* store([alice])
      yield* control.cooldown("main", Duration.seconds(5))
      yield* control.cooldown("main", Duration.seconds(1))
      yield* TestClock.adjust("4999 millis")
      expect(yield* claimed()).toBe(0)
      yield* TestClock.adjust("1 milli")
      expect(yield* claimed()).toBe(1)
    }))
})
