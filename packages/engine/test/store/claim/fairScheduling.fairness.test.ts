import { assert, expect } from "@effect/vitest"
import { Array, DateTime, Duration, Effect } from "effect"
import { TestClock } from "effect/testing"
import { SpotControl } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { again, claim, lease, membersOf, settle, settlement } from "../../dispatching.ts"
import { alice, people, store } from "../../fixtures.ts"

const guests = (liveId: string, count: number) => people(count, liveId)

const livesOf = (claims: ReadonlyArray<{ readonly invitation: { readonly liveId: string } }>) =>
  claims.map(({ invitation }) => invitation.liveId)

const bulk = { batchSize: 100 }

onEach((test) => {
  test("a small Live has its turn beside a big one, and a small source beside one with many Lives", () =>
    Effect.gen(function* () {
      yield* store(guests("big", 300), { deliveryId: "1" })
      yield* store(guests("small", 1), { deliveryId: "2" })
      const many = Array.makeBy(50, (index) => guests(`crm-${index}`, 20)).flat()
      yield* store(many, { source: "crm", deliveryId: "3" })
      const lives = livesOf(yield* claim(60))
      expect(lives).toContain("small")
      expect(lives.filter((live) => live.startsWith("crm")).length).toBeGreaterThan(10)
      expect(lives.filter((live) => live === "big").length).toBeGreaterThan(10)
    }))

  test("every other turn goes to the nearest deadline, so that neither starves the other", () =>
    Effect.gen(function* () {
      const at = (hours: number) => ({ expiresAt: DateTime.makeUnsafe(hours * 3_600_000) })
      for (let index = 0; index < 40; index++)
        yield* store(guests(`late-${index}`, 1), { deliveryId: `late-${index}` }, at(9))
      yield* store(guests("soon", 1), { deliveryId: "1" }, at(1))
      yield* store(guests("never", 1), { deliveryId: "2" })
      const [first, ...others] = livesOf(yield* claim(20))
      expect(first).toBe("soon")
      yield* store(guests("whenever", 1), { source: "another", deliveryId: "3" })
      expect([...others, ...livesOf(yield* claim(4))]).toContain("whenever")
    }))

  test("what can go together goes together, the lanes that come first in it first", (inbox) =>
    Effect.gen(function* () {
      yield* store(guests("live-1", 120), { deliveryId: "1", lane: "import" })
      yield* store([alice], { deliveryId: "2" })
      yield* store([{ ...alice, withEmailNotification: true, member: "bob@example.com" }], {
        deliveryId: "3"
      })
      const calls = Effect.map(inbox.claim({ spot: "main", calls: 10, lease, ...bulk }), ({ calls }) => calls)
      const [largest, ...others] = yield* calls
      expect(largest?.claims).toHaveLength(100)
      expect(largest?.claims[0].invitation.member).toBe(alice.member)
      // Enough people for one transaction.
      expect(others).toEqual([])
      const sizes = (yield* calls).map(({ claims }) => claims.length)
      expect(sizes.toSorted((a, b) => b - a)).toEqual([21, 1])
    }))

  test("few go one by one, many in one call; and few go together when the budget is short", (inbox) =>
    Effect.gen(function* () {
      const budget = { per10s: 10, per24h: 1_000, shares: { live: 0, retry: 0, replay: 0, import: 0 } }
      const sizes = Effect.map(inbox.claim({ spot: "main", calls: 8, lease, budget, ...bulk }), ({ calls }) =>
        calls.map(({ claims }) => claims.length)
      )
      yield* store(guests("live-1", 5), { deliveryId: "1" })
      expect(yield* sizes).toEqual([1, 1, 1, 1, 1])
      yield* store(guests("live-2", 5), { deliveryId: "2" })
      expect(yield* sizes).toEqual([5])
      yield* store(guests("live-3", 50), { deliveryId: "3" })
      expect(yield* sizes).toEqual([50])
    }))

  test("a call that was refused for one of its members goes in halves, with none but those who were in it", (inbox) =>
    Effect.gen(function* () {
      yield* store(guests("live-1", 40))
      const refused = yield* claim(1, "main", bulk)
      expect(refused).toHaveLength(40)
      const next = {
        status: "pending",
        dueAt: yield* DateTime.now,
        countsAsAttempt: false,
        maxBatchSize: 20
      } as const
      const { result, ...call } = yield* settlement(next)
      assert(Array.isReadonlyArrayNonEmpty(refused))
      yield* inbox.settle({ ...call, outcomes: Array.map(refused, (claim) => ({ claim, result, next })) })
      yield* store([alice, ...guests("live-1", 60).slice(40)], { deliveryId: "2" })
      const { calls } = yield* inbox.claim({ spot: "main", calls: 10, lease, ...bulk })
      expect(calls.map(({ claims }) => claims.length).toSorted((a, b) => a - b)).toEqual([20, 20, 21])
      expect(calls.flatMap(({ claims }) => claims).map(({ attempt }) => attempt)).not.toContain(2)
    }))

  test("a Spot that is paused by a person sends nothing until it is resumed, whatever the upstream says", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* store(people(3))
      yield* control.pause("main", "operator", "not before Monday")
      yield* control.pause("main", "upstream", "401")
      yield* TestClock.adjust("1 day")
      expect(yield* claim()).toEqual([])
      expect(yield* control.all).toMatchObject([
        { spot: "main", paused: { by: "operator", reason: "not before Monday" } }
      ])
      expect(yield* control.resume("main")).toBe(true)
      expect(yield* control.resume("main")).toBe(false)
      expect(yield* claim()).toHaveLength(3)
    }))

  test("a Spot that the upstream has locked out is tried with one single call now and then", (inbox) =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* store(people(60))
      yield* control.pause("main", "upstream", "the key is refused")
      yield* TestClock.adjust("59999 millis")
      expect(yield* claim(10, "main", bulk)).toEqual([])
      yield* TestClock.adjust("1 milli")
      const { calls, isProbe } = yield* inbox.claim({ spot: "main", calls: 10, lease, ...bulk })
      expect(isProbe).toBe(true)
      expect(calls.map(({ claims }) => claims.length)).toEqual([1])
      expect(yield* claim(10, "main", bulk)).toEqual([])
      yield* TestClock.adjust("1 minute")
      expect(yield* claim(10, "main", bulk)).toHaveLength(1)
    }))

  test("a Spot that stays locked out is tried after as long as that has lasted, at most 15 minutes", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* store(people(60))
      yield* control.pause("main", "upstream", "the key is refused")
      // The first two after a minute each, then after 2, 4 and 8, and no longer than after 15.
      for (const minutes of [1, 1, 2, 4, 8, 15, 15, 15]) {
        yield* TestClock.adjust(Duration.subtract(Duration.minutes(minutes), Duration.millis(1)))
        expect(yield* claim(10, "main", bulk)).toEqual([])
        yield* TestClock.adjust("1 milli")
        expect(yield* claim(10, "main", bulk)).toHaveLength(1)
        yield* control.pause("main", "upstream", "the key is refused")
      }
    }))

  test("whoever leads a Spot no more claims nothing of it", (inbox) =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* store(people(3))
      const [first, second] = [
        yield* control.acquireLeadership("main"),
        yield* control.acquireLeadership("main")
      ]
      expect(second).toBeGreaterThan(first)
      const refused = yield* Effect.flip(inbox.claim({ spot: "main", calls: 1, lease, term: first }))
      expect(refused).toMatchObject({ _tag: "LeadershipLost", spot: "main" })
      expect(yield* claim(10, "main", { term: second })).toHaveLength(3)
    }))

  test("what is retried goes after what is new, and keeps the size that its call may have", () =>
    Effect.gen(function* () {
      yield* store(people(2), { deliveryId: "1" })
      for (const one of yield* claim()) yield* settle(one, yield* again("1 second"))
      yield* TestClock.adjust(Duration.seconds(1))
      yield* store([alice], { deliveryId: "2" })
      expect(membersOf(yield* claim())).toEqual([alice.member, ...people(2).map(({ member }) => member)])
    }))
})
