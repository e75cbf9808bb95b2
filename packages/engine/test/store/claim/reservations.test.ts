/** The calls that count against a Spot's budget: of which Spot and lane, for how long, and when they are forgotten. */
import { expect } from "@effect/vitest"
import { Array, DateTime, Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { type Budget, Claiming, Inbox, SpotControl } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { claim, lease, settlement } from "../../dispatching.ts"
import { people, store } from "../../fixtures.ts"

const shares = { live: 0, retry: 0, replay: 0, import: 0 }
const limits: Budget.Limits = { per10s: 100, per24h: 100, shares }

const claimed = (options?: Partial<Claiming.ClaimOptions>) =>
  Inbox.Inbox.use((inbox) => inbox.claim({ spot: "main", calls: 10, lease, budget: limits, ...options }))

/** As many calls as are due, each of which ends at once with a success. */
const call = Effect.fnUntraced(function* (options?: Partial<Claiming.ClaimOptions>) {
  const inbox = yield* Inbox.Inbox
  const { calls } = yield* claimed(options)
  for (const { claims, reservation } of calls) {
    const [claim] = claims
    const { result, next, ...rest } = yield* settlement({ status: "invited" })
    yield* inbox.settle({
      ...rest,
      duration: Duration.zero,
      reservation,
      outcomes: [{ claim, result, next }]
    })
  }
  return calls
})

/** Calls that count, of each Spot. */
const stored = SqlClient.SqlClient.use((sql) =>
  Effect.map(
    sql<{ spot: string; calls: number }>`SELECT spot, count(*) AS calls FROM reservations GROUP BY spot`,
    (rows) => Object.fromEntries(rows.map(({ spot, calls }) => [spot, Number(calls)]))
  )
)

/** So many hours, and so many leases, from the beginning. */
const after = (hours: number, leases: number) =>
  Duration.sum(Duration.hours(hours), Duration.times(lease, leases))

onEach((test) => {
  test("each Spot and each lane has a count of its own, in both windows", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      const used = (spot: string) =>
        Effect.map(control.usage(spot, limits), (windows) => windows.map(({ used }) => used))
      yield* store(people(3), { deliveryId: "1" })
      yield* call()
      yield* TestClock.adjust("1 hour")
      yield* store(people(7, "live-2"), { deliveryId: "2" }, { spot: "other" })
      yield* call({ spot: "other" })
      yield* store(people(4, "live-3"), { deliveryId: "3", lane: "import" })
      yield* call()
      yield* TestClock.adjust("19 hours")
      yield* store(people(2, "live-4"), { deliveryId: "4" })
      yield* call()
      expect(yield* used("main")).toEqual([
        { ...shares, live: 2 },
        { ...shares, live: 5, import: 4 }
      ])
      expect(yield* used("other")).toEqual([shares, { ...shares, live: 7 }])
      yield* TestClock.adjust("4 hours")
      expect((yield* used("main"))[1]).toEqual({ ...shares, live: 2, import: 4 })
    }))

  test("the calls of each Spot and each lane are numbered by themselves", () =>
    Effect.gen(function* () {
      yield* store(people(2), { deliveryId: "1" }, { spot: "other" })
      yield* call({ spot: "other" })
      yield* store(people(1), { deliveryId: "2" })
      yield* store(people(2, "live-2"), { deliveryId: "3", lane: "import" })
      const spends = (yield* call()).map(({ reservation }) => [reservation?.lane, reservation?.number])
      const [[live], [first]] = [spends, spends.slice(1)]
      expect(spends).toEqual([
        [live?.[0], 1],
        [first?.[0], 1],
        [first?.[0], 2]
      ])
      expect(live?.[0]).not.toBe(first?.[0])
    }))

  test("a call counts for the day until 24 hours and a lease after its start, however short it was", () =>
    Effect.gen(function* () {
      const budget = { ...limits, per24h: 2 }
      yield* store(people(3))
      expect(yield* call({ budget })).toHaveLength(2)
      // None of them counts for the 10 seconds any more.
      yield* TestClock.adjust("1 minute")
      const free = DateTime.makeUnsafe(Duration.toMillis(after(24, 1)))
      expect(yield* claimed({ budget })).toMatchObject({ calls: [], next: free })
      yield* TestClock.adjust(Duration.subtract(after(24, 1), Duration.millis(60_001)))
      expect(yield* call({ budget })).toEqual([])
      yield* TestClock.adjust("1 milli")
      expect(yield* call({ budget })).toHaveLength(1)
    }))

  test("calls that count in no window any more are forgotten, two leases later, and those of no other Spot", () =>
    Effect.gen(function* () {
      yield* store(people(3), { deliveryId: "1" })
      yield* call()
      yield* store(people(2), { deliveryId: "2" }, { spot: "other" })
      yield* call({ spot: "other" })
      const another = (liveId: string) =>
        Effect.andThen(store(people(1, liveId), { deliveryId: liveId }), call())
      yield* TestClock.adjust("1 hour")
      yield* another("live-2")
      yield* TestClock.adjust(Duration.subtract(after(23, 2), Duration.millis(1)))
      yield* another("live-3")
      expect(yield* stored).toEqual({ main: 5, other: 2 })
      yield* TestClock.adjust("1 milli")
      yield* another("live-4")
      expect(yield* stored).toEqual({ main: 3, other: 2 })
    }))

  test("a Spot with many old calls that nobody dispatches keeps no other one from forgetting its own", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const old = Array.makeBy(200, (number) => ({
        spot: "other",
        lane: 0,
        number,
        started_at: 0,
        ends_at: 0
      }))
      yield* sql`INSERT INTO reservations ${sql.insert(old)}`
      yield* TestClock.adjust("1 second")
      yield* store(people(1))
      yield* call()
      yield* TestClock.adjust("48 hours")
      yield* store(people(1, "live-2"), { deliveryId: "2" })
      yield* call()
      expect(yield* stored).toEqual({ main: 1, other: 200 })
    }))

  test("a claim without a budget counts none of its calls", () =>
    Effect.gen(function* () {
      yield* store(people(3))
      expect(yield* claim(3)).toHaveLength(3)
      expect(yield* stored).toEqual({})
    }))
})
