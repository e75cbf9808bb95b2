/** Which Lives are listed with which counts, and when a Live is read from the upstream. */
import { expect } from "@effect/vitest"
import { DateTime, Duration, Effect, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import {
  type Budget,
  type Claiming,
  Inbox,
  LiveCatalog,
  type Settling,
  SpotControl
} from "../../src/index.ts"
import { onEach } from "../databases.ts"
import { claim, lease, settle, settlement } from "../dispatching.ts"
import { people, store } from "../fixtures.ts"

const shares = { live: 0.3, retry: 0.05, replay: 0.05, import: 0.05 }
const limits = (per10s: number, per24h = 50_000): Budget.Limits => ({ per10s, per24h, shares })

const next = (budget: Budget.Limits | undefined = limits(100)) =>
  LiveCatalog.LiveCatalog.use((catalog) => catalog.next({ spot: "main", budget, lease }))

const list = (limit = 50, after?: string) =>
  LiveCatalog.LiveCatalog.use((catalog) => catalog.list({ limit, after }))

const answer = (reading: LiveCatalog.Reading | undefined, answer: LiveCatalog.Answer) =>
  Effect.flatMap(Effect.fromNullishOr(reading), (reading) =>
    LiveCatalog.LiveCatalog.use((catalog) => catalog.store(reading, answer))
  )

const found = (title: string, startsAt: string, endsAt = startsAt): LiveCatalog.Answer => ({
  title,
  startsAt: DateTime.makeUnsafe(startsAt),
  endsAt: DateTime.makeUnsafe(endsAt)
})

const end = (claim: Claiming.Claim, next: Settling.Outcome["next"]) =>
  Effect.flatMap(settlement(next), (settlement) => settle(claim, settlement))

/** All due invitations are sent. */
const sendAll = Effect.gen(function* () {
  for (const one of yield* claim(50)) yield* end(one, { status: "invited" })
})

const usedCalls = (budget: Budget.Limits) =>
  SpotControl.SpotControl.use((control) =>
    Effect.map(control.usage("main", budget), (windows) => windows.map(({ used }) => used.import))
  )

/** So many calls of sign-ups count in both windows. */
const spend = Effect.fnUntraced(function* (calls: number, budget: Budget.Limits) {
  const inbox = yield* Inbox.Inbox
  yield* store(people(calls, "spent"), { deliveryId: "spent" })
  const claimed = yield* inbox.claim({ spot: "main", calls, lease, budget })
  for (const { claims } of claimed.calls) yield* end(claims[0], { status: "invited" })
  expect(claimed.calls).toHaveLength(calls)
})

onEach((test) => {
  test("a Live is listed with the number of its invitations in each status", (inbox, operations) =>
    Effect.gen(function* () {
      expect(yield* list()).toEqual({ items: [], next: null })
      yield* store(people(8), { deliveryId: "1" })
      const [first, second, third, fourth, fifth] = yield* claim(5)
      if (!first || !second || !third || !fourth || !fifth) return expect.unreachable()
      yield* end(first, { status: "invited" })
      yield* end(second, { status: "already_invited" })
      yield* end(third, { status: "rejected" })
      yield* end(fourth, { status: "exhausted" })
      yield* operations.forget("person-7@example.com")
      yield* store(people(1, "expired"), { deliveryId: "2" }, { expiresAt: DateTime.makeUnsafe(1_000) })
      yield* TestClock.setTime(2_000)
      yield* inbox.claim({ spot: "main", calls: 0, lease })
      const counts = (yield* list()).items.map(
        ({ liveId, requested, sent, waiting, failed, expired, cancelled }) => [
          liveId,
          requested,
          sent,
          waiting,
          failed,
          expired,
          cancelled
        ]
      )
      expect(counts).toEqual([
        ["live-1", 8, 2, 3, 2, 0, 1],
        ["expired", 1, 0, 0, 0, 1, 0]
      ])
    }))

  test("counts follow a replay and a purge, and a Live without invitations is not listed", (_, operations) =>
    Effect.gen(function* () {
      yield* store(people(2))
      for (const one of yield* claim(2)) yield* end(one, { status: "rejected" })
      yield* Stream.runDrain(operations.replay({ all: true }))
      expect((yield* list()).items).toMatchObject([{ requested: 2, waiting: 2, failed: 0 }])
      yield* sendAll
      expect((yield* list()).items).toMatchObject([{ requested: 2, sent: 2, waiting: 0 }])
      yield* TestClock.adjust("1 day")
      yield* Stream.runDrain(operations.purge({ before: yield* DateTime.now, all: true }))
      expect((yield* list()).items).toEqual([])
    }))

  test("the counts are those of the table when those of several connections are merged", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* Effect.forEach(
        [1, 2, 3, 4, 5, 6],
        (n) => store(people(3, `live-${n % 2}`), { deliveryId: `${n}` }),
        {
          concurrency: "unbounded"
        }
      )
      yield* sendAll
      const before = (yield* list()).items
      expect(before).toMatchObject([
        { requested: 3, sent: 3 },
        { requested: 3, sent: 3 }
      ])
      yield* LiveCatalog.LiveCatalog.use((catalog) => catalog.mergeCounts)
      expect((yield* list()).items).toEqual(before)
      const writers = yield* sql<{ writer: number }>`SELECT DISTINCT writer FROM live_counts`
      expect(writers.map(({ writer }) => Number(writer))).toEqual([0])
    }))

  test("Lives whose beginning is unknown come first, then the latest beginning, page by page", () =>
    Effect.gen(function* () {
      for (const liveId of ["a", "b", "c", "d"]) yield* store(people(1, liveId), { deliveryId: liveId })
      yield* sendAll
      yield* answer(yield* next(), found("A", "2030-01-01T10:00:00Z"))
      yield* answer(yield* next(), found("B", "2031-01-01T10:00:00Z"))
      yield* answer(yield* next(), found("C", "2029-01-01T10:00:00Z"))
      const titles: Array<string | null> = []
      let after: string | undefined
      do {
        const page = yield* list(1, after)
        titles.push(...page.items.map(({ title }) => title))
        after = page.next ?? undefined
      } while (after !== undefined)
      expect(titles).toEqual([null, "B", "A", "C"])
      expect(yield* list(50, "not a cursor")).toEqual({ items: [], next: null })
    }))

  test("a Live is read once an hour, at its beginning, and once a week after its end", () =>
    Effect.gen(function* () {
      yield* store(people(1))
      yield* sendAll
      const live = found("Launch", "1970-01-01T01:30:00Z", "1970-01-01T02:30:00Z")
      const reads: Array<string> = []
      for (let looks = 0; looks < 25; looks++) {
        const reading = yield* next()
        if (reading !== undefined) {
          reads.push(DateTime.formatIso(yield* DateTime.now).slice(11, 16))
          yield* answer(reading, live)
        }
        yield* TestClock.adjust("10 minutes")
      }
      expect(reads).toEqual(["00:00", "01:00", "01:30", "02:30", "03:30"])
      yield* TestClock.adjust("6 days")
      expect(yield* next()).toBeUndefined()
      yield* TestClock.adjust("1 day")
      expect(yield* next()).toMatchObject({ liveId: "live-1" })
    }))

  test("a failed read keeps the title, and is repeated after an hour", () =>
    Effect.gen(function* () {
      yield* store(people(1))
      yield* sendAll
      yield* answer(yield* next(), found("Launch", "2030-01-01T10:00:00Z"))
      yield* TestClock.adjust("1 hour")
      yield* answer(yield* next(), { error: "LiveNotFound" })
      expect((yield* list()).items).toMatchObject([{ title: "Launch", readError: "LiveNotFound" }])
      expect(yield* next()).toBeUndefined()
      yield* TestClock.adjust("1 hour")
      yield* answer(yield* next(), found("Launch party", "2030-01-01T10:00:00Z"))
      expect((yield* list()).items).toMatchObject([{ title: "Launch party", readError: null }])
    }))

  test("titles are given by Spot and Live, a long one cut to 1,000 characters, and a parked Live has its own", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      const { titles } = yield* LiveCatalog.LiveCatalog
      yield* store(people(1, "long"), { deliveryId: "1" })
      yield* sendAll
      yield* answer(yield* next(), found("x".repeat(1_001), "2030-01-01T10:00:00Z"))
      yield* store(people(1, "other"), { deliveryId: "2" })
      for (const live of ["long", "other"]) yield* control.park("main", live, DateTime.makeUnsafe(0))
      const long = { spot: "main", liveId: "long" }
      const titleOf = yield* titles([long, long, { spot: "main", liveId: "other" }])
      expect(titleOf(long)).toBe("x".repeat(1_000))
      expect(titleOf({ spot: "other", liveId: "long" })).toBeNull()
      expect(titleOf({ spot: "main", liveId: "other" })).toBeNull()
      expect((yield* titles([]))(long)).toBeNull()
      const parked = yield* control.parked
      expect(parked.map(({ liveId, title }) => [liveId, title?.length ?? null])).toEqual([
        ["long", 1_000],
        ["other", null]
      ])
    }))

  test("a blank title is none, also in place of an earlier one", () =>
    Effect.gen(function* () {
      yield* store(people(1, "blank"))
      yield* sendAll
      for (const title of ["Launch", " \u00a0\n"]) {
        yield* answer(yield* next(), found(title, "2030-01-01T10:00:00Z"))
        yield* TestClock.adjust("1 hour")
      }
      expect((yield* list()).items).toMatchObject([{ title: null, readError: null }])
    }))

  test("a read counts in both windows of the budget, in the lowest lane, until its windows have passed", () =>
    Effect.gen(function* () {
      const budget = limits(100)
      yield* store(people(1))
      yield* sendAll
      const reading = yield* next(budget)
      expect(yield* usedCalls(budget)).toEqual([1, 1])
      yield* TestClock.adjust("3 seconds")
      yield* answer(reading, found("Launch", "2030-01-01T10:00:00Z"))
      yield* TestClock.adjust("9 seconds")
      expect(yield* usedCalls(budget)).toEqual([1, 1])
      yield* TestClock.adjust("1 second")
      expect(yield* usedCalls(budget)).toEqual([0, 1])
    }))

  test("no Live is read while an invitation is due, however much of the budget is left", () =>
    Effect.gen(function* () {
      yield* store(people(1))
      expect(yield* next()).toBeUndefined()
      expect(yield* next(undefined)).toBeUndefined()
      const [due] = yield* claim(1)
      if (due === undefined) return expect.unreachable()
      yield* end(due, { status: "invited" })
      expect(yield* next()).toMatchObject({ liveId: "live-1" })
      expect(yield* next(undefined)).toBeUndefined()
    }))

  test("a read leaves half of each window, and the share of every other lane, to invitations", () =>
    Effect.gen(function* () {
      const budget = limits(10)
      yield* spend(5, budget)
      expect(yield* next(budget)).toBeUndefined()
      expect(yield* next(limits(20, 11))).toBeUndefined()
      expect(yield* next({ ...limits(20), shares: { ...shares, live: 0.9 } })).toBeUndefined()
      expect(yield* next(limits(12))).toMatchObject({ liveId: "spent" })
    }))

  test("no Live is read for a Spot that is paused or in cooldown, or whose circuit is open", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* store(people(1))
      yield* sendAll
      const held = [
        control.pause("main", "operator", "a reason"),
        control.cooldown("main", Duration.seconds(30)),
        control.setCircuit("main", Duration.seconds(30)),
        control.refused("main", {
          isProbe: false,
          requestedWait: undefined,
          waitAfter: () => Duration.seconds(30)
        })
      ]
      for (const hold of held) {
        yield* hold
        expect(yield* next()).toBeUndefined()
        yield* control.resume("main")
      }
      expect(yield* next()).toMatchObject({ liveId: "live-1" })
    }))

  test("all invitations to a Live are read in batches, each once, and those of one Spot alone", () =>
    Effect.gen(function* () {
      const { invitations } = yield* LiveCatalog.LiveCatalog
      yield* store(people(1_201), { deliveryId: "1" })
      yield* store(people(2), { deliveryId: "2" }, { spot: "other" })
      yield* store(people(3, "live-2"), { deliveryId: "3" })
      const batches = yield* Stream.runCollect(invitations("live-1", "main"))
      expect(batches.map(({ length }) => length)).toEqual([500, 500, 201])
      expect(new Set(batches.flat().map(({ member }) => member)).size).toBe(1_201)
      const all = yield* Stream.runCollect(invitations("live-1"))
      expect(all.flat().length).toBe(1_203)
      expect(yield* Stream.runCollect(invitations("live-3"))).toEqual([])
    }))

  test("an invitation of a person who was forgotten is read without an address", (_, operations) =>
    Effect.gen(function* () {
      const { invitations } = yield* LiveCatalog.LiveCatalog
      yield* store(people(2))
      yield* operations.forget("person-1@example.com")
      const found = (yield* Stream.runCollect(invitations("live-1"))).flat()
      expect(found.map(({ member, status }) => `${member} ${status}`).toSorted()).toEqual([
        "null cancelled",
        "person-0@example.com pending"
      ])
    }))
})
