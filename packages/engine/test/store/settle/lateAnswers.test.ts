/** Answers that come after another dispatcher has taken their invitations over. */
import { expect } from "@effect/vitest"
import { Array, DateTime, Duration, Effect, Stream } from "effect"
import { TestClock } from "effect/testing"
import { SqlClient } from "effect/sql"
import { InviteError } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { type Claiming, Inbox, Operations, type Settling } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { again, claim, claimOne, lease, settle, settlement, unavailable } from "../../dispatching.ts"
import { alice, people, statuses, store } from "../../fixtures.ts"

const { liveId } = alice

const alreadyInvited = settlement({ status: "already_invited" }, new InviteError.AlreadyInvited({ liveId }))
const rejected = settlement(
  { status: "rejected" },
  new InviteError.MalformedPayload({ liveId, reason: "Refused" })
)

const stored = (webhookId: string) =>
  Effect.flatMap(
    Operations.Operations.use((operations) => operations.invitations(webhookId)),
    ([one]) => Effect.fromNullishOr(one)
  )

/** Claims, and lets the lease end. */
const lose = Effect.tap(claimOne, () => TestClock.adjust(lease))

const bulk = (claims: ReadonlyArray<Claiming.Claim>) =>
  Effect.gen(function* () {
    const outcomes = claims.map((claim): Settling.Outcome => ({
      claim,
      result: LiveParticipantsTest.participant(alice),
      next: { status: "invited" }
    }))
    if (!Array.isArrayNonEmpty(outcomes)) return yield* Effect.die("there are claims")
    const call: Settling.Settlement = {
      startedAt: yield* DateTime.now,
      duration: Duration.millis(10),
      traceId: null,
      outcomes
    }
    return call
  })

onEach((test) => {
  for (const [state, next] of [
    ["is waiting for its next try", again("1 hour")],
    ["was rejected", rejected],
    ["was found invited already", alreadyInvited]
  ] as const) {
    test(`a late success wins where the other's call ended so: it ${state}`, (_, operations) =>
      Effect.gen(function* () {
        const id = yield* store([alice])
        const lost = yield* lose
        yield* settle(yield* claimOne, yield* next)
        expect(yield* settle(lost, yield* settlement({ status: "invited" }))).toBe(false)
        expect(yield* stored(id)).toMatchObject({ status: "invited", lastError: null })
        expect((yield* operations.attempts(lost.id)).map(({ number }) => number).toSorted()).toEqual([1, 2])
        yield* TestClock.adjust("1 day")
        expect(yield* claim()).toEqual([])
      }))
  }

  test("a late success wins while the other's call is under way, whose answer is stored as an attempt, too", (_, operations) =>
    Effect.gen(function* () {
      const id = yield* store([alice])
      const lost = yield* lose
      const taken = yield* claimOne
      expect(yield* settle(lost, yield* settlement({ status: "invited" }))).toBe(false)
      expect(yield* stored(id)).toMatchObject({ status: "invited" })
      expect(yield* settle(taken, yield* alreadyInvited)).toBe(false)
      expect(yield* stored(id)).toMatchObject({ status: "invited", lastError: null })
      expect(yield* operations.attempts(lost.id)).toHaveLength(2)
    }))

  test("a late success wins where nobody took over, and the invitation has expired", () =>
    Effect.gen(function* () {
      const expiresAt = DateTime.addDuration(yield* DateTime.now, "3 minutes")
      const id = yield* store([alice], {}, { expiresAt })
      const lost = yield* claimOne
      yield* TestClock.adjust("5 minutes")
      expect(yield* claim()).toEqual([])
      yield* claim()
      expect(yield* settle(lost, yield* settlement({ status: "invited" }))).toBe(false)
      expect(yield* stored(id)).toMatchObject({ status: "invited" })
    }))

  test("a late failure is an attempt, and changes nothing", (_, operations) =>
    Effect.gen(function* () {
      const id = yield* store([alice])
      const lost = yield* lose
      yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
      const { lostCallAt: _, ...before } = yield* stored(id)
      expect(yield* settle(lost, yield* again("1 second"))).toBe(false)
      expect(yield* stored(id)).toEqual(before)
      expect(yield* operations.attempts(lost.id)).toMatchObject([
        { number: 2 },
        { number: 1, error: unavailable }
      ])
    }))

  test("of a person who was forgotten, and of an invitation that was purged, nothing is stored", (_, operations) =>
    Effect.gen(function* () {
      yield* store([alice])
      const lost = yield* claimOne
      yield* operations.forget(alice.member)
      expect(yield* settle(lost, yield* settlement({ status: "invited" }))).toBe(false)
      expect(yield* operations.attempts(lost.id)).toEqual([])
      yield* TestClock.adjust("1 minute")
      yield* Stream.runDrain(operations.purge({ before: yield* DateTime.now, all: true }))
      expect(yield* settle(lost, yield* settlement({ status: "invited" }))).toBe(false)
      expect(yield* statuses("invitations")).toEqual({})
    }))

  test("a settlement that is repeated, as after a commit that was not heard of, is stored once", (inbox, operations) =>
    Effect.gen(function* () {
      const id = yield* store(people(3))
      const call = yield* bulk(yield* claim())
      expect(yield* inbox.settle(call)).toEqual([true, true, true])
      expect(yield* inbox.settle(call)).toEqual([true, true, true])
      const invitations = yield* operations.invitations(id)
      expect(invitations.map(({ status, attempts }) => [status, attempts])).toEqual(
        Array.makeBy(3, () => ["invited", 1])
      )
      for (const { id } of invitations) expect(yield* operations.attempts(id)).toHaveLength(1)
    }))

  test("a call that can't be stored holds up no other that is settled with it", (inbox, operations) =>
    Effect.gen(function* () {
      const id = yield* store(people(3))
      const sql = yield* SqlClient.SqlClient
      const [first, ...others] = yield* claim()
      const poison = { ...(yield* bulk(first === undefined ? [] : [first])), traceId: "poison" }
      const check = sql.onDialectOrElse({
        pg: () => sql`ALTER TABLE attempts ADD CONSTRAINT no_poison CHECK (trace_id <> 'poison')`,
        orElse: () =>
          sql`CREATE TRIGGER no_poison BEFORE INSERT ON attempts WHEN new.trace_id = 'poison' BEGIN SELECT RAISE(ABORT, 'no'); END`
      })
      yield* check
      const settled = yield* Effect.forEach(
        [poison, ...(yield* Effect.forEach(others, (one) => bulk([one])))],
        (call) => Effect.exit(inbox.settle(call)),
        { concurrency: "unbounded" }
      )
      expect(settled.map(({ _tag }) => _tag)).toEqual(["Failure", "Success", "Success"])
      expect((yield* operations.invitations(id)).map(({ status }) => status).toSorted()).toEqual([
        "invited",
        "invited",
        "sending"
      ])
    }))

  test("invitations whose answers are kept are not claimed when their leases end, and stay leased", (_, operations) =>
    Effect.gen(function* () {
      const id = yield* store(people(2))
      const [first, second] = yield* claim()
      if (first === undefined || second === undefined) return yield* Effect.die("there are two")
      yield* TestClock.adjust("10 minutes")
      const except = [first.id]
      expect((yield* claim(10, "main", { except })).map((one) => one.id)).toEqual([second.id])
      expect(yield* settle(first, yield* settlement({ status: "invited" }))).toBe(true)
      expect((yield* operations.invitations(id)).map(({ attempts }) => attempts)).toEqual([1, 2])
    }))

  test("nor when another relay has made them ready meanwhile", () =>
    Effect.gen(function* () {
      yield* store(people(1))
      const first = yield* claimOne
      yield* TestClock.adjust("10 minutes")
      // The other one finds it due, and gives it back.
      const taken = yield* claimOne
      yield* Inbox.Inbox.use((inbox) => inbox.release(taken))
      expect(yield* claim(10, "main", { except: [first.id] })).toEqual([])
      yield* TestClock.adjust("1 hour")
      expect(yield* claim(10, "main", { except: [first.id] })).toEqual([])
      expect(yield* claim()).toHaveLength(0)
      yield* TestClock.adjust(lease)
      expect(yield* claim()).toHaveLength(1)
    }))

  test("a call that had begun when it was given back is told as lost", () =>
    Effect.gen(function* () {
      const id = yield* store([alice])
      yield* TestClock.adjust("5 seconds")
      const begun = yield* claimOne
      yield* Inbox.Inbox.use((inbox) => inbox.release(begun, { isCalled: true }))
      expect(yield* stored(id)).toMatchObject({ attempts: 0, lostCallAt: DateTime.makeUnsafe(5_000) })
    }))
})
