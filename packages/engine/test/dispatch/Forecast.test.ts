import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import type { Backlog } from "@usher/model"
import { Budget, Forecast, SpotControl } from "../../src/index.ts"
import { onEach } from "../databases.ts"
import { again, claim, claimOne, settle, settlement } from "../dispatching.ts"
import { alice, people, store } from "../fixtures.ts"

const now = DateTime.makeUnsafe("2026-12-01T12:00:00Z")
const minute = 60_000
const at = (millis: number) => DateTime.addDuration(now, Duration.millis(millis))
const nobody = { live: 0, retry: 0, replay: 0, import: 0 }
const idle = { invitations: 0, sendable: 0, calls: 0, oldestDue: null, later: 0, parked: 0, isMore: false }

/** So many due invitations, each for a call of its own. */
const due = (calls: number): Backlog.Backlog => ({
  ...idle,
  invitations: calls,
  sendable: calls,
  calls,
  oldestDue: now
})

/** So many of each window's calls are spent. */
const usages = (per10s: number, per24h: number): ReadonlyArray<Budget.Usage> => {
  const freesAt = now.epochMilliseconds + 3 * minute
  return [
    { calls: 100, millis: 10_000, used: { ...nobody, live: per10s }, freesAt },
    { calls: 50_000, millis: 86_400_000, used: { ...nobody, live: per24h }, freesAt }
  ]
}

const forecast = (facts: Partial<Forecast.Facts>) =>
  Forecast.make({ spot: "main", now, usages: usages(0, 0), calls: 0, backlog: idle, ...facts })

describe("a forecast", () => {
  it("of a Spot at rest says that all is left and nothing waits", () => {
    expect(forecast({})).toMatchObject({
      windows: [
        { left: 100, roomAt: null },
        { spent: 0, left: 50_000 }
      ],
      pace: 0,
      spentAt: null,
      clearAt: null
    })
  })

  it("says when the day runs dry at the pace of the last ten minutes, if it does", () => {
    expect(forecast({ usages: usages(10, 20_000), calls: 1_000 })).toMatchObject({
      pace: 6_000,
      spentAt: at(300 * minute)
    })
    expect(forecast({ usages: usages(10, 20_000), calls: 100 })).toMatchObject({ pace: 600, spentAt: null })
  })

  it("says when a window that is full has room again", () => {
    const { windows } = forecast({ usages: usages(100, 50_000) })
    expect(windows.map(({ left, roomAt }) => ({ left, roomAt }))).toEqual([
      { left: 0, roomAt: at(3 * minute) },
      { left: 0, roomAt: at(3 * minute) }
    ])
  })

  it.each([
    ["at once, what fits", 0, 0, 100, 0],
    ["within the 10 s, the next hundred", 0, 0, 200, 10_000],
    ["after a day, what is more than it allows", 0, 0, 50_001, Duration.toMillis("24 hours")],
    ["when the day has room again, if it is full", 0, 50_000, 10, 3 * minute]
  ] as const)("says when the backlog is cleared: %s", (_, per10s, per24h, calls, after) => {
    const { clearAt } = forecast({
      usages: usages(per10s, per24h),
      backlog: due(calls)
    })
    expect(clearAt?.epochMilliseconds).toBe(at(after).epochMilliseconds)
  })

  it("does not say that a window that is used up runs out", () => {
    expect(forecast({ usages: usages(10, 50_000), calls: 1_000 })).toMatchObject({ spentAt: null })
  })

  it("gives no time for what a paused Spot, a later time or a parked Live keeps from being sent", () => {
    const paused = { state: "paused", since: now, until: null, reason: "maintenance" } as const
    expect(forecast({ backlog: due(10), hold: paused }).clearAt).toBeNull()
    expect(forecast({ backlog: { ...idle, invitations: 9, later: 5, parked: 4 } }).clearAt).toBeNull()
  })

  it("of a Spot in cooldown begins at its end", () => {
    const hold = { state: "cooldown", since: now, until: at(minute), reason: "429" } as const
    expect(forecast({ backlog: due(10), hold }).clearAt).toEqual(at(minute))
  })
})

onEach((test) => {
  test("counts what was spent and what waits", () =>
    Effect.gen(function* () {
      yield* store([alice])
      for (const first of yield* claim(10, "main", { budget: Budget.documented })) {
        yield* settle(first, yield* settlement({ status: "invited" }))
      }
      yield* TestClock.adjust("20 minutes")
      yield* store(people(250), { deliveryId: "2" })
      yield* store([{ ...alice, liveId: "live-2" }], { deliveryId: "3" })
      yield* claim(2, "main", { budget: Budget.documented, batchSize: 1 })
      const { windows, pace, backlog } = yield* Forecast.of("main", Budget.documented, 100)
      expect(windows).toMatchObject([
        { calls: 100, spent: 2 },
        { calls: 50_000, spent: 3, left: 49_997 }
      ])
      expect(pace).toBe(12)
      expect(backlog).toMatchObject({ invitations: 249, sendable: 249, calls: 3, later: 0, parked: 0 })
      // As many calls as the Spot makes: by its configuration, or after the upstream refused larger ones.
      const callsOf = (batchSize: number) =>
        Effect.map(Forecast.of("main", Budget.documented, batchSize), ({ backlog: { calls } }) => calls)
      expect(yield* callsOf(1)).toBe(249)
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE spots SET max_batch_size = 10 WHERE name = 'main'`
      expect(yield* callsOf(100)).toBe(25)
      expect(yield* callsOf(5)).toBe(50)
    }))

  test("counts only invitations that can be sent as sendable", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* store([alice], { deliveryId: "retried" })
      yield* settle(yield* claimOne, yield* again("1 hour"))
      const since = yield* DateTime.now
      yield* store(people(250), { deliveryId: "due" })
      yield* store(people(20, "live-2"), { deliveryId: "parked" })
      yield* control.park("main", "live-2", DateTime.makeUnsafe(0))
      const backlog = {
        invitations: 271,
        sendable: 250,
        calls: 3,
        oldestDue: since,
        later: 1,
        parked: 20,
        isMore: false
      }
      expect((yield* Forecast.of("main", Budget.documented, 100)).backlog).toEqual(backlog)
      // Nothing is claimed, so that the retry stays scheduled when it is due.
      yield* TestClock.adjust("61 minutes")
      expect((yield* Forecast.of("main", Budget.documented, 100)).backlog).toMatchObject({
        sendable: 251,
        later: 0
      })
    }))
})
