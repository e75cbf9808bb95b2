/** Which invitations go in the calls of one turn. */
import { describe, expect, it } from "@effect/vitest"
import { SqliteClient } from "@usher/sqlite"
import { DateTime, Duration, Effect, Layer, Metric } from "effect"
import { TestClock } from "effect/testing"
import { SqlClient } from "effect/sql"
import { Claiming, Inbox, SpotControl } from "../../../src/index.ts"
import { layerInboxSql, onEach } from "../../databases.ts"
import { claim, claimOne, lease, membersOf, settle, settlement } from "../../dispatching.ts"
import { people, statuses, store } from "../../fixtures.ts"

const guests = (name: string, count: number, liveId = "live-1") =>
  people(count, liveId).map(({ member }) => ({ liveId, member: `${name}-${member}` }))

const inHours = (hours: number) => ({ expiresAt: DateTime.makeUnsafe(hours * 3_600_000) })

/** All are due, and there is a budget that leaves nothing over. */
const short = { per10s: 10, per24h: 1_000, shares: { live: 0, retry: 0, replay: 0, import: 0 } }

/** How many members each call of a claim has. */
const sizes = (options: Partial<Claiming.ClaimOptions>) =>
  Effect.map(
    Inbox.Inbox.use((inbox) => inbox.claim({ spot: "main", calls: 10, lease, ...options })),
    ({ calls }) => calls.map(({ claims }) => claims.length)
  )

const namesOf = (claims: Parameters<typeof membersOf>[0]) =>
  membersOf(claims).map((member) => member.split("-", 1)[0])

onEach((test) => {
  for (const [order, terms] of [
    ["the turn of the nearest deadline", inHours(9)],
    ["the turn of a source", {}]
  ] as const) {
    test(`in ${order}, a call takes nobody of another Spot, and nobody who is in a call already`, () =>
      Effect.gen(function* () {
        yield* store(guests("other", 3), { deliveryId: "1" }, { spot: "other", ...terms })
        yield* store(guests("ours", 6), { deliveryId: "2" }, terms)
        const first = yield* claim(2)
        const others = yield* claim(10)
        expect(namesOf([...first, ...others])).toEqual(Array.from({ length: 6 }, () => "ours"))
        expect(new Set(membersOf([...first, ...others])).size).toBe(6)
        expect(yield* claim(10, "other")).toHaveLength(3)
      }))

    test(`in ${order}, a call takes nobody of another lane`, () =>
      Effect.gen(function* () {
        yield* store(guests("listed", 3), { deliveryId: "1", lane: "import" }, inHours(1))
        yield* store(guests("new", 2), { deliveryId: "2" }, terms)
        expect(namesOf(yield* claim(10, "main", { lane: "live" }))).toEqual(["new", "new"])
      }))

    test(`in ${order}, a call takes nobody of another lane, however few they all are`, () =>
      Effect.gen(function* () {
        yield* store(guests("listed", 3), { deliveryId: "1", lane: "import" }, inHours(1))
        yield* store(guests("new", 2), { deliveryId: "2" }, terms)
        expect(namesOf(yield* claim(10, "main", { lane: "live", batchSize: 100 }))).toEqual(["new", "new"])
      }))

    test(`in ${order}, people go by when they are due, then in the order of their making`, () =>
      Effect.gen(function* () {
        const dueAt = DateTime.makeUnsafe(10_000)
        yield* store(guests("later", 1), { deliveryId: "1" }, terms)
        const sql = yield* SqlClient.SqlClient
        yield* sql`UPDATE invitations SET state = 'scheduled', due_at = ${dueAt.epochMilliseconds}`
        yield* store(guests("now", 3), { deliveryId: "2" }, terms)
        yield* TestClock.adjust("20 seconds")
        expect(membersOf(yield* claim(10))).toEqual(
          [...guests("now", 3), ...guests("later", 1)].map(({ member }) => member)
        )
      }))
  }

  test("few people who could go together go in the order of their making", () =>
    Effect.gen(function* () {
      yield* store(guests("few", 4))
      expect(membersOf(yield* claim(10, "main", { batchSize: 100 }))).toEqual(
        guests("few", 4).map(({ member }) => member)
      )
    }))

  test("in the turn of a source, the first one who is due goes, though a call for all could not hold them", () =>
    Effect.gen(function* () {
      yield* store(guests("early", 1), { deliveryId: "1" })
      yield* store(guests("hurried", 3), { deliveryId: "2" }, inHours(1))
      expect(namesOf(yield* claim(1, "main", { batchSize: 2 }))).toEqual(["hurried"])
      expect(namesOf(yield* claim(1, "main", { batchSize: 2 }))).toEqual(["early"])
    }))

  test("in each turn of the nearest deadline, a call takes nobody who is in a call already", () =>
    Effect.gen(function* () {
      yield* store(guests("ours", 6), {}, inHours(9))
      // The first turn is that of the nearest deadline, and then every other one.
      expect(yield* claim(2)).toHaveLength(2)
      expect(yield* claim(1)).toHaveLength(1)
      expect(yield* claim(10)).toHaveLength(3)
    }))

  for (const [how, options] of [
    ["one at a time", {}],
    ["as few of a batch", { batchSize: 100 }]
  ] as const) {
    test(`people who go ${how} go by deadline in one turn, and by their source's order in the next`, (_, operations) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* TestClock.adjust("10 seconds")
        for (const [name, source, hours, lane] of [
          ["imported", "a", 1, "import"],
          ["calm", "a", 4, "live"],
          ["first", "a", 3, "live"],
          ["due", "a", 3, "live"],
          ["second", "a", 3, "live"],
          ["other", "b", 3, "live"],
          ["hurried", "a", 2, "live"],
          ["hasty", "a", 2, "live"]
        ] as const) {
          const webhook = yield* store(guests(name, 1), { source, lane, deliveryId: name }, inHours(hours))
          if (name !== "due") continue
          for (const { id } of yield* operations.invitations(webhook)) {
            yield* sql`UPDATE invitations SET due_at = 1 WHERE id = ${id}`
          }
        }
        const names = yield* Effect.replicateEffect(
          Effect.map(claim(1, "main", { lane: "live", ...options }), namesOf),
          8
        )
        expect(names.flat()).toEqual(["hurried", "due", "hasty", "other", "first", "calm", "second"])
      }))
  }

  test("a call for many has as many members as its Live allows at the time, and a part no more than its own", (inbox) =>
    Effect.gen(function* () {
      yield* TestClock.adjust("5 seconds")
      const sizeOf = (liveId: string, now: number) => (liveId === "live-1" && now === 5_000 ? 12 : 20)
      yield* store(guests("one", 24), { deliveryId: "1" })
      expect(yield* sizes({ batchSize: 100, sizeOf })).toEqual([12, 12])
      yield* store(guests("two", 24, "live-2"), { deliveryId: "2" })
      const refused = yield* claim(1, "main", { batchSize: 100, sizeOf })
      expect(refused).toHaveLength(20)
      const next = {
        status: "pending",
        dueAt: yield* DateTime.now,
        countsAsAttempt: false,
        maxBatchSize: 6
      } as const
      const { result, ...call } = yield* settlement(next)
      const [first, ...rest] = refused.map((claim) => ({ claim, result, next }))
      if (first === undefined) return expect.unreachable("nothing was claimed")
      yield* inbox.settle({ ...call, outcomes: [first, ...rest] })
      const parts = (yield* sizes({ batchSize: 100, sizeOf })).filter((size) => size > 1)
      expect(parts).toEqual([6, 6, 6, 2])
    }))

  test("of a parked Live only what is ready is put away, whatever was sent or is under way", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      const sql = yield* SqlClient.SqlClient
      yield* store(guests("guest", 3))
      const settled = yield* claimOne
      yield* settle(settled, yield* settlement({ status: "invited" }))
      yield* claimOne
      yield* control.park("main", "live-1", DateTime.makeUnsafe(-1))
      expect(yield* claim()).toEqual([])
      const rows = yield* sql<{
        status: string
        state: string
        due_at: number
      }>`SELECT status,
        state, due_at FROM invitations ORDER BY status`
      expect(rows.map(({ status, state }) => [status, state])).toEqual([
        ["invited", "finished"],
        ["pending", "scheduled"],
        ["sending", "scheduled"]
      ])
      expect(rows.slice(1).map(({ due_at }) => Number(due_at))).toEqual([60_000, 120_000])
    }))

  test("while one person tries out a parked Live, no other Live and no other Spot waits longer", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* store(guests("guest", 3))
      for (const [spot, live] of [
        ["main", "live-1"],
        ["main", "live-2"],
        ["other", "live-1"]
      ] as const) {
        yield* control.park(spot, live, DateTime.makeUnsafe(-1))
      }
      expect(yield* claim()).toEqual([])
      yield* TestClock.adjust("1 minute")
      expect(yield* claim()).toHaveLength(1)
      const parked = yield* control.parked
      expect(parked.map(({ spot, liveId, until }) => [spot, liveId, until.epochMilliseconds])).toEqual([
        ["main", "live-1", 180_000],
        ["main", "live-2", 60_000],
        ["other", "live-1", 60_000]
      ])
    }))

  test("a call for many takes nobody of another Spot, and those first who expire first", () =>
    Effect.gen(function* () {
      yield* store(guests("other", 20), { deliveryId: "1" }, { spot: "other", ...inHours(1) })
      yield* store(guests("patient", 12), { deliveryId: "2" }, inHours(3))
      yield* store(guests("hurried", 12), { deliveryId: "3" }, inHours(2))
      const claims = yield* claim(1, "main", { batchSize: 14 })
      expect(namesOf(claims)).toEqual(
        [...guests("hurried", 12), ...guests("patient", 2)].map(({ member }) => member.split("-", 1)[0])
      )
    }))

  test("a call for many takes those first who are due first, then in the order of their making", () =>
    Effect.gen(function* () {
      yield* store(guests("later", 6), { deliveryId: "1" })
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE invitations SET state = 'scheduled', due_at = 10000`
      yield* store(guests("now", 12), { deliveryId: "2" })
      yield* TestClock.adjust("20 seconds")
      expect(membersOf(yield* claim(1, "main", { batchSize: 14 }))).toEqual(
        [...guests("now", 12), ...guests("later", 2)].map(({ member }) => member)
      )
    }))

  test("the turn of a source takes up to 16 single calls of its own people, then the next source has its turn", () =>
    Effect.gen(function* () {
      yield* store(guests("crm", 40), { source: "crm", deliveryId: "1" })
      yield* store(guests("form", 1), { source: "form", deliveryId: "2" })
      const names = namesOf(yield* claim(18))
      expect(names.indexOf("form")).toBe(16)
      expect(names.filter((name) => name === "crm")).toHaveLength(17)
    }))

  test("up to ten people go one by one while there is plenty of budget, and more in one call", () =>
    Effect.gen(function* () {
      yield* store(guests("ten", 10), { deliveryId: "1" })
      expect(yield* sizes({ batchSize: 100 })).toEqual(Array.from({ length: 10 }, () => 1))
      yield* store(guests("eleven", 11), { deliveryId: "2" })
      expect(yield* sizes({ batchSize: 100 })).toEqual([11])
    }))

  test("two people go in one call while the budget is short", () =>
    Effect.gen(function* () {
      yield* store(guests("before", 6, "live-2"), { deliveryId: "1" })
      yield* sizes({ budget: short })
      yield* store(guests("two", 2), { deliveryId: "2" })
      expect(yield* sizes({ budget: short, batchSize: 2 })).toEqual([2])
    }))

  test("those of a call that goes in parts go together, however few they are", (inbox) =>
    Effect.gen(function* () {
      yield* store(guests("refused", 12))
      const refused = yield* claim(1, "main", { batchSize: 100 })
      const next = {
        status: "pending",
        dueAt: yield* DateTime.now,
        countsAsAttempt: false,
        maxBatchSize: 6
      } as const
      const { result, ...call } = yield* settlement(next)
      const [first, ...rest] = refused.map((claim) => ({ claim, result, next }))
      if (first === undefined) return expect.unreachable("nothing was claimed")
      yield* inbox.settle({ ...call, outcomes: [first, ...rest] })
      expect(yield* sizes({ batchSize: 100 })).toEqual([6, 6])
    }))

  test("a Live that was parked is tried with one person, whatever the budget, and each Live by itself", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* store(guests("before", 6, "live-0"), { deliveryId: "0" })
      yield* sizes({ budget: short })
      yield* store(guests("one", 20), { deliveryId: "1" })
      yield* store(guests("two", 20, "live-2"), { deliveryId: "2" })
      yield* store(guests("other", 20), { deliveryId: "3" }, { spot: "other" })
      yield* control.park("main", "live-1", DateTime.makeUnsafe(-1))
      yield* control.park("main", "live-2", DateTime.makeUnsafe(-1))
      expect(yield* claim(10, "main", { batchSize: 100 })).toEqual([])
      expect(yield* claim(1, "other", { batchSize: 100 })).toHaveLength(20)
      yield* TestClock.adjust("1 minute")
      const tried = yield* claim(10, "main", { batchSize: 100, budget: short })
      expect(namesOf(tried).toSorted()).toEqual(["one", "two"])
    }))

  test("nobody of a parked Live goes in the turn of another", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* store(guests("here", 2), { deliveryId: "1" }, inHours(1))
      yield* store(guests("gone", 2, "live-2"), { deliveryId: "2" }, inHours(2))
      yield* control.park("main", "live-2", DateTime.makeUnsafe(-1))
      expect(namesOf(yield* claim(10))).toEqual(["here", "here"])
    }))

  test("a row that can't be read is finished for good, and there is no call without members", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* store(guests("bad", 12))
      yield* sql`UPDATE invitations SET notify = 7`
      yield* TestClock.adjust("5 seconds")
      expect(yield* sizes({ batchSize: 100 })).toEqual([])
      const rows =
        yield* sql`SELECT DISTINCT status, state, lease_token, settled_at = 5000 AS is_now FROM invitations`
      expect(
        rows.map(({ status, state, lease_token, is_now }) => [status, state, lease_token, Boolean(is_now)])
      ).toEqual([["corrupt", "finished", null, true]])
      expect(yield* statuses("invitations")).toEqual({ corrupt: 12 })
      yield* TestClock.adjust(Duration.times(lease, 2))
      expect(yield* claim()).toEqual([])
    }))
})

describe("a row that can't be read", () => {
  const layer = layerInboxSql.pipe(Layer.provideMerge(SqliteClient.layer({ filename: ":memory:" })))

  it.effect("is counted once", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* store(guests("bad", 2))
      yield* sql`UPDATE invitations SET notify = 7`
      expect(yield* claim()).toEqual([])
      const corrupt = (yield* Metric.snapshot).filter(
        ({ attributes }) => attributes?.["status"] === "corrupt"
      )
      expect(corrupt).toMatchObject([
        { id: "usher_invitations_total", attributes: { spot: "main" }, state: { count: 2 } }
      ])
    }).pipe(Effect.provide(layer), Effect.provideService(Metric.MetricRegistry, new Map()))
  )
})
