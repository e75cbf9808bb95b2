/** What a claim leases, leaves out and sweeps, and when there may be something to claim again. */
import { expect } from "@effect/vitest"
import { DateTime, Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Claiming, Inbox, SpotControl } from "../../../src/index.ts"
import { sweepSize } from "../../../src/store/claim/promoting.ts"
import { timelinesOf } from "../../../src/store/rows/timeline.ts"
import { onEach } from "../../databases.ts"
import { again, claim, claimOne, lease, settle, settlement } from "../../dispatching.ts"
import { alice, firstOf, people, store } from "../../fixtures.ts"

const claimed = (options?: Partial<Claiming.ClaimOptions>) =>
  Inbox.Inbox.use((inbox) => inbox.claim({ spot: "main", calls: 10, lease, ...options }))

const idsOf = (claims: Effect.Success<ReturnType<typeof claim>>) => claims.map(({ id }) => id)

/** How many members each call of a claim has. */
const sizes = (options: Partial<Claiming.ClaimOptions>) =>
  Effect.map(claimed(options), ({ calls }) => calls.map(({ claims }) => claims.length))

const at = (millis: number) => DateTime.makeUnsafe(millis)

const shares = { live: 0, retry: 0, replay: 0, import: 0 }
const one = { per10s: 1, per24h: 1_000, shares }

/** Half of it is spent, so that few go together. */
const short = { per10s: 10, per24h: 1_000, shares }
const spendHalf = Effect.andThen(store(people(6, "live-0"), { deliveryId: "0" }), sizes({ budget: short }))

const invited = Effect.suspend(() => settlement({ status: "invited" }))

const refused = { isProbe: false, requestedWait: undefined, waitAfter: () => Duration.zero }

const onControl = <A, E, R>(act: (control: SpotControl.SpotControl["Service"]) => Effect.Effect<A, E, R>) =>
  SpotControl.SpotControl.use(act)

onEach((test) => {
  test("an invitation whose answer is not stored yet is left out for the length of a lease", (inbox) =>
    Effect.gen(function* () {
      yield* store(people(3))
      const answered = yield* claimOne
      yield* inbox.release(answered)
      const others = yield* claim(10, "main", { except: [answered.id] })
      expect(idsOf(others)).toHaveLength(2)
      expect(idsOf(others)).not.toContain(answered.id)
      for (const other of others) yield* settle(other, yield* invited)
      yield* TestClock.adjust(Duration.subtract(lease, Duration.millis(1)))
      expect(yield* claim()).toEqual([])
      yield* TestClock.adjust("1 milli")
      expect(idsOf(yield* claim())).toEqual([answered.id])
    }))

  test("what is left out so keeps a lease that has not ended, and stays settled", () =>
    Effect.gen(function* () {
      yield* store(people(3))
      const ended = yield* firstOf(claim(1, "main", { lease: Duration.minutes(1) }))
      const leased = yield* claimOne
      const settled = yield* claimOne
      yield* settle(settled, yield* invited)
      yield* TestClock.adjust("1 minute")
      expect(yield* claim(10, "main", { except: [ended.id, leased.id, settled.id] })).toEqual([])
      yield* TestClock.adjust("1 minute")
      expect(idsOf(yield* claim())).toEqual([leased.id])
      yield* TestClock.adjust("1 minute")
      expect(idsOf(yield* claim())).toEqual([ended.id])
    }))

  test("what holds up another Spot does not hold up this one", () =>
    Effect.gen(function* () {
      yield* onControl((control) => control.pause("another", "operator", "so"))
      yield* store([alice])
      expect(yield* claim()).toHaveLength(1)
    }))

  test("a term that was never given claims nothing", () =>
    Effect.gen(function* () {
      yield* store([alice])
      expect(yield* Effect.flip(claimed({ term: 1 }))).toMatchObject({ _tag: "LeadershipLost" })
    }))

  test("a claim that fails leases nothing", () =>
    Effect.gen(function* () {
      yield* store(people(20), { deliveryId: "1" })
      yield* store(people(20, "live-2"), { deliveryId: "2" })
      const sizeOf = (liveId: string) => {
        if (liveId === "live-2") throw new Error("a bug")
        return 100
      }
      const failed = yield* Effect.exit(claimed({ batchSize: 100, sizeOf }))
      expect(failed._tag).toBe("Failure")
      expect(yield* sizes({ batchSize: 100 })).toEqual([20, 20])
    }))

  test("a call has at most as many members as the Spot allows, and as the upstream took", () =>
    Effect.gen(function* () {
      yield* onControl((control) => control.limitBatch("main", 20))
      yield* store(people(60), { deliveryId: "1" })
      expect(yield* sizes({ batchSize: 100 })).toEqual([20, 20, 20])
      yield* store(people(24, "live-2"), { deliveryId: "2" })
      expect(yield* sizes({ batchSize: 12 })).toEqual([12, 12])
    }))

  test("without a batch size each goes alone, however short the budget is", () =>
    Effect.gen(function* () {
      yield* spendHalf
      yield* store(people(2), { deliveryId: "1" })
      expect(yield* sizes({ budget: short })).toEqual([1, 1])
    }))

  test("the probe of a key that the upstream refuses has one member, however short the budget is", () =>
    Effect.gen(function* () {
      yield* spendHalf
      yield* store(people(2), { deliveryId: "1" })
      yield* onControl((control) => control.pause("main", "upstream", "401"))
      yield* TestClock.adjust("1 minute")
      expect(yield* sizes({ budget: short, batchSize: 100 })).toEqual([1])
    }))

  test("a probe that the budget has no room for is made as soon as it has", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      for (const spot of ["main", "other"]) {
        yield* store(people(3), { deliveryId: spot }, { spot })
        yield* claim(1, spot, { budget: one })
      }
      yield* control.refused("main", refused)
      yield* control.pause("other", "upstream", "401")
      yield* TestClock.adjust("1 minute")
      for (const spot of ["main", "other"]) {
        expect(yield* claim(1, spot, { budget: one })).toEqual([])
        expect(yield* claim(8, spot)).toHaveLength(1)
      }
    }))

  for (const [reason, hold] of [
    ["in a cooldown", (spot: string) => onControl((control) => control.refused(spot, refused))],
    ["with a refused key", (spot: string) => onControl((control) => control.pause(spot, "upstream", "401"))]
  ] as const) {
    test(`the probe of a Spot ${reason} is none of another Spot's`, () =>
      Effect.gen(function* () {
        for (const spot of ["main", "other"]) {
          yield* store(people(3), { deliveryId: spot }, { spot })
          yield* hold(spot)
        }
        yield* TestClock.adjust("1 minute")
        for (const spot of ["main", "other"]) expect(yield* claim(8, spot)).toHaveLength(1)
      }))
  }

  test("the next probe of a cooldown is made when the lease of the one before has ended", () =>
    Effect.gen(function* () {
      yield* store(people(3))
      yield* onControl((control) => control.refused("main", refused))
      expect(yield* claim(8)).toHaveLength(1)
      expect(yield* claim(8)).toEqual([])
      yield* TestClock.adjust(Duration.subtract(lease, Duration.millis(1)))
      expect(yield* claim(8)).toEqual([])
      yield* TestClock.adjust("1 milli")
      expect(yield* claim(8)).toHaveLength(1)
    }))

  test("a refused key is probed after as long as it has been refused, whatever the time of day", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 hour")
      yield* store(people(3))
      yield* onControl((control) => control.pause("main", "upstream", "401"))
      for (let probe = 0; probe < 2; probe++) {
        yield* TestClock.adjust("1 minute")
        expect(yield* claim(8)).toHaveLength(1)
      }
    }))

  test("a refused key is probed once a minute at the most", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* store(people(3))
      yield* onControl((control) => control.pause("main", "upstream", "401"))
      yield* sql`UPDATE spots SET probe_at = paused_at`
      expect(yield* claim(8)).toHaveLength(1)
      yield* TestClock.adjust("59999 millis")
      expect(yield* claim(8)).toEqual([])
      yield* TestClock.adjust("1 milli")
      expect(yield* claim(8)).toHaveLength(1)
    }))

  test("the next look is when a lease ends, a retry is due or a deadline passes, whichever is first", () =>
    Effect.gen(function* () {
      yield* store([alice], { deliveryId: "1" })
      expect((yield* claimed({ calls: 1 })).next).toEqual(at(120_000))
      yield* store(people(1, "live-2"), { deliveryId: "2" })
      yield* settle(yield* claimOne, yield* again("30 seconds"))
      yield* store(people(1, "live-3"), { deliveryId: "3" })
      expect((yield* claimed({ calls: 1 })).next).toEqual(at(30_000))
      yield* store(people(1, "live-4"), { deliveryId: "4" }, { expiresAt: at(20_000) })
      yield* settle(yield* claimOne, yield* again("1 hour"))
      yield* store(people(1, "live-5"), { deliveryId: "5" })
      expect((yield* claimed({ calls: 1 })).next).toEqual(at(20_000))
      // The retry is due by now, and the deadline has passed.
      yield* TestClock.adjust("30 seconds")
      expect(yield* claimed()).toMatchObject({ calls: [{}], next: at(150_000) })
    }))

  test("the next look is when the budget has room again, if a claim found none", () =>
    Effect.gen(function* () {
      yield* store(people(2))
      const first = yield* firstOf(claim(1, "main", { budget: one }))
      yield* settle(first, yield* invited)
      expect(yield* claimed({ budget: one })).toMatchObject({ calls: [], next: at(130_000) })
    }))

  test("a Spot that is held up with nothing due has no next look, and no probe", () =>
    Effect.gen(function* () {
      yield* onControl((control) => control.cooldown("main", Duration.minutes(1)))
      expect(yield* claimed()).toMatchObject({ calls: [], next: undefined, isProbe: false })
    }))

  test("a claim has drained the Spot where it took all that was due", () =>
    Effect.gen(function* () {
      yield* store(people(4))
      expect(yield* claimed({ calls: 2 })).toMatchObject({ isDrained: false })
      expect(yield* claimed()).toMatchObject({ isDrained: true })
    }))

  for (const [reason, prepare] of [
    ["a probe", onControl((control) => control.refused("main", refused))],
    [
      "what became due meanwhile",
      Effect.flatMap(claimOne, (claim) => Effect.flatMap(again("1 minute"), (next) => settle(claim, next)))
    ],
    [
      "what expired meanwhile",
      SqlClient.SqlClient.use((sql) => sql`UPDATE invitations SET expires_at = 60000`)
    ]
  ] as const) {
    test(`a claim does not tell that it drained the Spot after ${reason}`, () =>
      Effect.gen(function* () {
        if (reason !== "a probe") yield* store(people(1, "live-2"), { deliveryId: "1" })
        yield* prepare
        yield* TestClock.adjust("1 minute")
        yield* store([alice], { deliveryId: "2" })
        expect(yield* claimed()).toMatchObject({ isProbe: reason === "a probe", isDrained: false })
      }))
  }

  for (const [reason, prepare, left] of [
    ["are due again", "state = 'scheduled', due_at = 1000", ["pending", "available"]],
    ["have expired", "expires_at = 1000", ["expired", "finished"]]
  ] as const) {
    test(`one claim sweeps all of ${sweepSize + 1} invitations that ${reason}, though the Spot is held up`, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* store(people(sweepSize + 1))
        yield* sql`UPDATE invitations SET ${sql.literal(prepare)}`
        yield* onControl((control) => control.cooldown("main", Duration.hours(1)))
        yield* TestClock.adjust("1 second")
        expect(yield* claim()).toEqual([])
        const rows = yield* sql`SELECT DISTINCT status, state FROM invitations`
        expect(rows.map(({ status, state }) => [status, state])).toEqual([left])
      }))
  }

  test("a claim goes past more parked Lives than one step puts away", () =>
    Effect.gen(function* () {
      const lives = Array.from({ length: 21 }, (_, index) => `live-a-${index}`)
      yield* store(
        lives.map((liveId) => ({ ...alice, liveId })),
        { deliveryId: "1" }
      )
      for (const live of lives) yield* onControl((control) => control.park("main", live, at(-1)))
      yield* store([{ ...alice, liveId: "live-b" }], { deliveryId: "2" })
      expect(yield* claim()).toMatchObject([{ invitation: { liveId: "live-b" } }])
    }))

  test("a claim that is given back is due now, and its attempt is not counted", (inbox) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const row = Effect.map(
        sql`SELECT status, state, lease_token, lost_lease_token, attempts, due_at FROM invitations`,
        ([row]) => ({ ...row, due_at: Number(row?.["due_at"]) })
      )
      yield* store([alice])
      const first = yield* claimOne
      yield* TestClock.adjust("5 seconds")
      expect(yield* inbox.release(first)).toBe(true)
      const released = {
        status: "pending",
        state: "available",
        lease_token: null,
        attempts: 0,
        due_at: 5_000
      }
      expect(yield* row).toEqual({ ...released, lost_lease_token: null })
      const second = yield* claimOne
      // Its lease is not the one that it has now.
      expect(yield* inbox.release(first)).toBe(false)
      expect(yield* inbox.release(second, { isCalled: true })).toBe(true)
      expect(yield* row).toEqual({ ...released, lost_lease_token: second.leaseToken })
    }))

  test("the next look is told by the system clock, though a Spot may go by another", () =>
    Effect.gen(function* () {
      yield* store([alice])
      const first = yield* claimOne
      const timelines = timelinesOf(yield* SqlClient.SqlClient)
      // Less than what counts as a clock that was set.
      timelines.set("main", { term: undefined, offset: (timelines.get("main")?.offset ?? 0) + 400 })
      yield* settle(first, yield* again("1 minute"))
      expect(yield* claimed()).toMatchObject({ calls: [], next: at(60_000) })
    }))
})
