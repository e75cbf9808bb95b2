/** What a settlement writes: of each invitation, its row, the attempt, the reservation and the counts. */
import { describe, expect, it } from "@effect/vitest"
import { type Array, DateTime, Duration, Effect, PubSub } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { InviteError } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import type { Event } from "@usher/model/Event"
import { type Budget, type Claiming, Inbox, type Settling } from "../../../src/index.ts"
import { timelinesOf } from "../../../src/store/rows/timeline.ts"
import { layersTelling, onEach } from "../../databases.ts"
import { again, claim, claimOne, lease, settle, settlement, unavailable } from "../../dispatching.ts"
import { alice, people, store } from "../../fixtures.ts"
import { whileLocked } from "../../locked.ts"

const { liveId } = alice

const invited: Pick<Settling.Outcome, "next" | "result"> = {
  next: { status: "invited" },
  result: LiveParticipantsTest.participant(alice)
}

const retried = (wait: Duration.Input, max_batch_size?: number) =>
  Effect.map(again(wait), ({ next, result }): Pick<Settling.Outcome, "next" | "result"> => ({
    next: next.status === "pending" ? { ...next, maxBatchSize: max_batch_size } : next,
    result
  }))

const callOf = Effect.fnUntraced(function* (
  outcomes: Array.NonEmptyReadonlyArray<Settling.Outcome>,
  fields?: Partial<Settling.Settlement>
) {
  const call: Settling.Settlement = {
    startedAt: yield* DateTime.now,
    duration: Duration.millis(10),
    traceId: "trace-1",
    outcomes,
    ...fields
  }
  return call
})

const two = Effect.gen(function* () {
  const [first, second] = yield* claim()
  return first === undefined || second === undefined
    ? yield* Effect.die("there are two")
    : ([first, second] as const)
})

/** As it is in the table. */
const rowOf = (id: string) =>
  SqlClient.SqlClient.use(
    (sql) =>
      sql<
        Record<string, unknown>
      >`SELECT status, state, lease_token, due_at, settled_at, attempts, lane, last_error, trace_id, max_batch_size, batch_key
        FROM invitations WHERE id = ${id}`
  ).pipe(Effect.map(([row]) => plain(row)))

/** Postgres has its large numbers as bigints. */
const plain = (row: Record<string, unknown> | undefined) =>
  Object.fromEntries(
    Object.entries(row ?? {}).map(([key, value]) => [key, typeof value === "bigint" ? Number(value) : value])
  )

const budget: Budget.Limits = { per10s: 10, per24h: 100, shares: { live: 0, retry: 0, replay: 0, import: 0 } }

const spends = SqlClient.SqlClient.use(
  (sql) =>
    sql<
      Record<string, unknown>
    >`SELECT spot, lane, number, started_at, ends_at FROM reservations ORDER BY spot, lane, number`
).pipe(Effect.map((rows) => rows.map(plain)))

onEach((test) => {
  test("an invitation that ends is leased no more, and the others of its Live stay as they are", () =>
    Effect.gen(function* () {
      yield* store(people(2))
      const [first, second] = yield* two
      const before = yield* rowOf(second.id)
      yield* TestClock.adjust("3 seconds")
      yield* settle(first, yield* settlement({ status: "invited" }))
      expect(yield* rowOf(first.id)).toEqual({
        status: "invited",
        state: "finished",
        lease_token: null,
        due_at: 3_000,
        settled_at: 3_000,
        attempts: 1,
        lane: 0,
        last_error: null,
        trace_id: "trace-1",
        max_batch_size: null,
        batch_key: "live-1   "
      })
      expect(yield* rowOf(second.id)).toEqual(before)
      expect(before).toMatchObject({ status: "sending", lease_token: second.leaseToken })
    }))

  test("an invitation that is tried again waits in the lane of retries, in calls as small as it has to", (inbox) =>
    Effect.gen(function* () {
      yield* store([alice])
      const claimed = yield* claimOne
      yield* TestClock.adjust("3 seconds")
      yield* inbox.settle(yield* callOf([{ claim: claimed, ...(yield* retried("1 minute", 5)) }]))
      expect(yield* rowOf(claimed.id)).toEqual({
        status: "pending",
        state: "scheduled",
        lease_token: null,
        due_at: 63_000,
        settled_at: null,
        attempts: 1,
        lane: 1,
        last_error: "UpstreamUnavailable",
        trace_id: "trace-1",
        max_batch_size: 5,
        batch_key: "live-1  5 "
      })
      yield* TestClock.adjust("1 minute")
      yield* inbox.settle(yield* callOf([{ claim: yield* claimOne, ...(yield* retried("1 minute")) }]))
      expect(yield* rowOf(claimed.id)).toMatchObject({
        attempts: 2,
        max_batch_size: 5,
        batch_key: "live-1  5 "
      })
      yield* TestClock.adjust("1 minute")
      yield* inbox.settle(yield* callOf([{ claim: yield* claimOne, ...invited }]))
      expect(yield* rowOf(claimed.id)).toMatchObject({
        attempts: 3,
        max_batch_size: null,
        batch_key: "live-1   "
      })
    }))

  test("an attempt that does not count leaves number and lane as they were, and a replay stays one", () =>
    Effect.gen(function* () {
      yield* store(people(1), { deliveryId: "1" })
      yield* store(people(1, "live-2"), { deliveryId: "2", lane: "replay" })
      const [first, second] = yield* two
      yield* settle(first, yield* again("1 minute", false))
      yield* settle(second, yield* again("1 minute"))
      expect(yield* rowOf(first.id)).toMatchObject({ attempts: 0, lane: 0 })
      expect(yield* rowOf(second.id)).toMatchObject({ attempts: 1, lane: 2 })
    }))

  test("an invitation whose time has come already is ready at once", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 hour")
      yield* store([alice])
      const claimed = yield* claimOne
      yield* settle(claimed, yield* again("-10 minutes"))
      expect(yield* rowOf(claimed.id)).toMatchObject({ state: "available", due_at: 3_600_000 })
    }))

  test("an invitation waits by the time of its Spot", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* store([alice])
      const claimed = yield* claimOne
      timelinesOf(sql).set("main", { term: undefined, offset: 100_000 })
      yield* settle(claimed, yield* again("1 minute"))
      expect(yield* rowOf(claimed.id)).toMatchObject({ due_at: 160_000, state: "scheduled" })
    }))

  test("the call that was paid for ends its window, counted from its start, and no other does", (inbox) =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 hour")
      yield* store(people(2), { deliveryId: "1" })
      yield* store(people(1, "live-2"), { deliveryId: "2", lane: "import" })
      yield* store(people(1), { deliveryId: "3" }, { spot: "other" })
      const { calls } = yield* inbox.claim({ spot: "main", calls: 10, lease, budget })
      yield* inbox.claim({ spot: "other", calls: 10, lease, budget })
      const before = yield* spends
      expect(before.map(({ spot, lane, number }) => [spot, lane, number])).toEqual([
        ["main", 0, 1],
        ["main", 0, 2],
        ["main", 3, 1],
        ["other", 0, 1]
      ])
      const first = calls.find(({ reservation }) => reservation?.lane === 0 && reservation.number === 1)
      const third = calls.find(({ reservation }) => reservation?.lane === 3)
      if (first === undefined || third === undefined) return yield* Effect.die("they were claimed")
      const ended = (call: Claiming.Call, fields: Partial<Settling.Settlement>) =>
        Effect.flatMap(callOf([{ claim: call.claims[0], ...invited }], fields), inbox.settle)
      yield* ended(first, {
        reservation: first.reservation,
        duration: Duration.millis(12.7),
        waited: Duration.millis(0.5)
      })
      yield* ended(third, { reservation: null })
      const [one, ...others] = before
      expect(yield* spends).toEqual([{ ...one, ends_at: 3_600_014 }, ...others])
    }))

  test("an attempt keeps the error of each invitation, or its participant, and what the upstream said first", (inbox, operations) =>
    Effect.gen(function* () {
      yield* store(people(2))
      const [first, second] = yield* two
      const error = new InviteError.MalformedPayload({ liveId, reason: "Refused", answer: "no\u0000!" })
      yield* inbox.settle(
        yield* callOf([
          { claim: first, ...invited },
          { claim: second, next: { status: "rejected" }, result: error }
        ])
      )
      const answer = "no\u2400!"
      expect(yield* operations.attempts(first.id)).toMatchObject([
        { number: 1, error: null, participant: invited.result, answer, traceId: "trace-1" }
      ])
      expect(yield* operations.attempts(second.id)).toMatchObject([
        { number: 1, error: { _tag: "MalformedPayload" }, participant: null, answer }
      ])
      expect(yield* rowOf(second.id)).toMatchObject({ status: "rejected", last_error: "MalformedPayload" })
    }))

  test("an attempt has no answer where the upstream said nothing", (inbox, operations) =>
    Effect.gen(function* () {
      yield* store(people(1))
      const claimed = yield* claimOne
      const error = new InviteError.UpstreamUnavailable({ ...unavailable, answer: undefined })
      yield* inbox.settle(yield* callOf([{ claim: claimed, next: { status: "exhausted" }, result: error }]))
      expect(yield* operations.attempts(claimed.id)).toMatchObject([
        { answer: null, error: { _tag: error._tag } }
      ])
    }))

  test("what ended and what is tried again are counted apart", (inbox) =>
    Effect.gen(function* () {
      yield* store(people(2))
      const [first, second] = yield* two
      yield* inbox.settle(
        yield* callOf([
          { claim: first, ...invited },
          { claim: second, ...(yield* retried("1 minute")) }
        ])
      )
      const sql = yield* SqlClient.SqlClient
      const counts = yield* sql<{ name: string; count: number }>`SELECT name, count FROM counts
        WHERE span = 'hour' AND name IN ('invited', 'retried', 'pending') ORDER BY name`
      expect(counts.map(({ name, count }) => [name, Number(count)])).toEqual([
        ["invited", 1],
        ["retried", 1]
      ])
    }))

  test("dispatchers are woken where an invitation of any call waits again, and by nothing else", (inbox) =>
    Effect.gen(function* () {
      const due = yield* inbox.signals("due")
      yield* store(people(4))
      const [first, second, third, fourth] = yield* claim()
      if (first === undefined || second === undefined || third === undefined || fourth === undefined)
        return yield* Effect.die("there are four")
      yield* PubSub.takeUpTo(due, 10)
      yield* inbox.settle(yield* callOf([{ claim: first, ...invited }]))
      expect(yield* PubSub.takeUpTo(due, 10)).toEqual([])
      const ended = yield* callOf([{ claim: second, ...invited }])
      const waiting = yield* callOf([
        { claim: third, ...invited },
        { claim: fourth, ...(yield* retried("1 minute")) }
      ])
      yield* Effect.all([inbox.settle(ended), inbox.settle(waiting)], { concurrency: "unbounded" })
      expect((yield* PubSub.takeUpTo(due, 10)).length).toBeGreaterThan(0)
    }).pipe(Effect.scoped))

  test("of two calls, the one that can't be written fails, and the other is settled", (inbox) =>
    Effect.gen(function* () {
      yield* store(people(2))
      const [first, second] = yield* two
      const broken: Claiming.Claim = {
        ...first,
        get invitation(): Claiming.Claim["invitation"] {
          throw new Error("it can't be read")
        }
      }
      const calls = [
        yield* callOf([{ claim: broken, ...invited }]),
        yield* callOf([{ claim: second, ...invited }])
      ]
      const [failed, settled] = yield* Effect.forEach(calls, (call) => Effect.result(inbox.settle(call)), {
        concurrency: "unbounded"
      })
      expect(failed).toMatchObject({ _tag: "Failure", failure: { _tag: "InboxUnavailable" } })
      expect(settled).toMatchObject({ _tag: "Success", success: [true] })
      expect(yield* rowOf(first.id)).toMatchObject({ status: "sending", lease_token: first.leaseToken })
    }))

  test("nobody waits for an invitation of another call", () =>
    Effect.gen(function* () {
      yield* store(people(2))
      const [first, second] = yield* two
      const ended = Effect.flatMap(settlement({ status: "invited" }), (call) => settle(first, call))
      expect(yield* whileLocked("invitations", second.id, ended)).toBe(true)
    }))

  test("what the database refuses is no defect", (inbox) =>
    Effect.gen(function* () {
      yield* store(people(1))
      const claimed = yield* claimOne
      const sql = yield* SqlClient.SqlClient
      yield* sql`DROP TABLE attempt_invitations`
      const error = yield* Effect.flip(Effect.flatMap(callOf([{ claim: claimed, ...invited }]), inbox.settle))
      expect(error).toBeInstanceOf(Inbox.InboxUnavailable)
      expect(yield* rowOf(claimed.id)).toMatchObject({ status: "sending", lease_token: claimed.leaseToken })
    }))
})

describe.each(["SQLite in memory", "Postgres"] as const)("listeners on %s", (name) => {
  it.effect("hear what became of each invitation, once", () => {
    const heard: globalThis.Array<Event> = []
    const tell = (events: () => ReadonlyArray<Event>) => Effect.sync(() => void heard.push(...events()))
    return Effect.gen(function* () {
      const inbox = yield* Inbox.Inbox
      yield* store(people(2))
      const [first, second] = yield* two
      heard.length = 0
      const call = yield* callOf([
        { claim: first, ...invited },
        { claim: second, ...(yield* retried("1 minute")) }
      ])
      yield* inbox.settle(call)
      yield* inbox.settle(call)
      expect(heard).toEqual([
        { type: "invitation", id: first.id, spot: "main", liveId, status: "invited" },
        { type: "invitation", id: second.id, spot: "main", liveId, status: "pending" }
      ])
    }).pipe(Effect.provide(layersTelling(tell)[name]))
  })
})
