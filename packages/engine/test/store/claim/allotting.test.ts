/** How many calls one claim makes: by what is due, by the budget, and by how many people fit into one commit. */
import { expect } from "@effect/vitest"
import { DateTime, Duration, Effect } from "effect"
import { TestClock } from "effect/testing"
import { Claiming, Inbox, SpotControl } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { claim, lease, settlement } from "../../dispatching.ts"
import { alice, people, store } from "../../fixtures.ts"

const shares = { live: 0, retry: 0, replay: 0, import: 0 }
const budget = { per10s: 10, per24h: 1_000, shares }

const claimed = (options?: Partial<Claiming.ClaimOptions>) =>
  Inbox.Inbox.use((inbox) => inbox.claim({ spot: "main", calls: 10, lease, ...options }))

/** How many members each call of a claim has. */
const sizes = (options: Partial<Claiming.ClaimOptions>) =>
  Effect.map(claimed(options), ({ calls }) => calls.map(({ claims }) => claims.length))

onEach((test) => {
  test("no part of the budget is kept for a lane in which nothing of the Spot is due", () =>
    Effect.gen(function* () {
      const kept = { ...budget, shares: { ...shares, import: 0.5 } }
      yield* store([alice], { deliveryId: "1", lane: "import" }, { spot: "other" })
      yield* store([alice], { deliveryId: "2", lane: "import" })
      // It is in a call already, which counts.
      expect(yield* claim(1, "main", { budget: kept })).toHaveLength(1)
      yield* store(people(20, "live-2"), { deliveryId: "3" })
      expect(yield* claimed({ calls: 20, budget: kept })).toHaveProperty("calls.length", 9)
    }))

  for (const [spent, parts] of [
    [4, [1, 1]],
    [5, [2]]
  ] as const) {
    test(`where ${spent} of 10 calls are spent, two people go in ${parts.length}`, () =>
      Effect.gen(function* () {
        yield* store(people(spent, "live-0"), { deliveryId: "1" })
        yield* claimed({ budget })
        yield* store(people(2), { deliveryId: "2" })
        expect(yield* sizes({ budget, batchSize: 100 })).toEqual(parts)
      }))
  }

  test("one call is one call, however many people it is for", () =>
    Effect.gen(function* () {
      yield* store(people(20), { deliveryId: "1" })
      yield* store(people(20, "live-2"), { deliveryId: "2" })
      expect(yield* sizes({ calls: 1, batchSize: 100 })).toEqual([20])
      expect(yield* sizes({ calls: 1, batchSize: 100 })).toEqual([20])
    }))

  test("a claim for 99 people takes another call, and one for 100 does not", () =>
    Effect.gen(function* () {
      yield* store(people(99), { deliveryId: "1" })
      yield* store(people(100, "live-2"), { deliveryId: "2" })
      yield* store(people(20, "live-3"), { deliveryId: "3" })
      expect(yield* sizes({ batchSize: 100 })).toEqual([99, 100])
      expect(yield* sizes({ batchSize: 100 })).toEqual([20])
      yield* store(people(100, "live-4"), { deliveryId: "4" })
      yield* store(people(20, "live-5"), { deliveryId: "5" })
      expect(yield* sizes({ batchSize: 100 })).toEqual([100])
    }))

  test("no call for many goes without room in the budget", () =>
    Effect.gen(function* () {
      yield* store(people(1), { deliveryId: "1" })
      const one = { ...budget, per10s: 1 }
      expect(yield* sizes({ budget: one })).toEqual([1])
      yield* store(people(20, "live-2"), { deliveryId: "2" })
      expect(yield* sizes({ budget: one, batchSize: 100 })).toEqual([])
    }))

  test("while the budget has room, nobody looks again before a lease ends", (inbox) =>
    Effect.gen(function* () {
      yield* store(people(1), { deliveryId: "1" })
      const { calls } = yield* claimed({ budget })
      for (const { claims, reservation } of calls) {
        const { result, next, ...call } = yield* settlement({ status: "invited" })
        const outcomes = [{ claim: claims[0], result, next }] as const
        yield* inbox.settle({ ...call, duration: Duration.zero, reservation, outcomes })
      }
      yield* store(people(1, "live-2"), { deliveryId: "2" })
      expect((yield* claimed({ budget })).next).toEqual(DateTime.makeUnsafe(120_000))
    }))

  test("a lane that waits for the budget is looked at as soon as it may have room, whatever other lanes have", (inbox) =>
    Effect.gen(function* () {
      const kept = { ...budget, shares: { ...shares, import: 0.5 } }
      yield* store(people(2, "live-2"), { deliveryId: "1", lane: "import" })
      yield* store(people(20), { deliveryId: "2" })
      const { calls } = yield* claimed({ budget: kept, lane: "live", calls: 5 })
      for (const { claims, reservation } of calls) {
        const { result, next, ...call } = yield* settlement({ status: "invited" })
        const outcomes = [{ claim: claims[0], result, next }] as const
        yield* inbox.settle({ ...call, duration: Duration.zero, reservation, outcomes })
      }
      const { calls: others, next } = yield* claimed({ budget: kept })
      expect(others.map(({ reservation }) => reservation?.lane)).toEqual([3, 3])
      expect(next).toEqual(DateTime.makeUnsafe(10_000))
    }))

  test("a call without a budget is not paid for, and tries out nothing", () =>
    Effect.gen(function* () {
      yield* store([alice])
      expect((yield* claimed()).calls).toMatchObject([{ reservation: null, isLiveProbe: false }])
    }))

  test("a call tries out a Live that was parked, and a claim that met a parked one has not drained the Spot", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* store(people(3), { deliveryId: "1" })
      yield* control.park("main", "live-1", DateTime.makeUnsafe(-1))
      yield* store(people(1, "live-2"), { deliveryId: "2" })
      expect(yield* claimed()).toMatchObject({ calls: [{ isLiveProbe: false }], isDrained: false })
      yield* TestClock.adjust("1 minute")
      expect((yield* claimed()).calls).toMatchObject([{ isLiveProbe: true }])
      expect(yield* claim()).toEqual([])
    }))
})
