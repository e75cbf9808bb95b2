import { expect } from "@effect/vitest"
import { DateTime, Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { InviteError } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { Operations, SpotControl } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import {
  again,
  claim,
  claimOne,
  lease,
  membersOf,
  nextDue,
  settle,
  settlement,
  unavailable
} from "../../dispatching.ts"
import { alice, delivery, people, statuses, store } from "../../fixtures.ts"

const after = (wait: Duration.Input) => Effect.map(DateTime.now, (now) => DateTime.addDuration(now, wait))

const [bob, carol] = [
  { ...alice, member: "bob@example.com" },
  { ...alice, member: "carol@example.com" }
]

const statusOf = (webhookId: string) =>
  Effect.map(
    Operations.Operations.use((operations) => operations.invitations(webhookId)),
    (found) => found.map(({ status }) => status)
  )

onEach((test) => {
  test("a look at a Spot and the dispatcher's claim don't hold up each other", () =>
    Effect.gen(function* () {
      const term = yield* SpotControl.SpotControl.use(({ acquireLeadership }) => acquireLeadership("main"))
      yield* store([alice])
      const claiming = claim(1, "main", { term })
      const [claims, ...looks] = yield* Effect.all([claiming, nextDue(), nextDue(), nextDue()], {
        concurrency: "unbounded"
      })
      expect(membersOf(claims)).toEqual([alice.member])
      expect(looks).toHaveLength(3)
    }))

  test("goes lane by lane, and within one by due time", () =>
    Effect.gen(function* () {
      const member = (name: string) => [{ ...alice, member: `${name}@example.com` }]
      yield* store(member("retried"), { deliveryId: "1" })
      yield* settle(yield* claimOne, yield* again("1 second"))
      yield* store(member("imported"), { deliveryId: "2", lane: "import" })
      yield* store(member("replayed"), { deliveryId: "3", lane: "replay" })
      yield* store(member("first"), { deliveryId: "4" })
      yield* store(member("second"), { deliveryId: "5" })
      yield* TestClock.adjust("1 second")
      expect(membersOf(yield* claim(1, "main", { lane: "import" }))).toEqual(["imported@example.com"])
      expect(membersOf(yield* claim())).toEqual(
        ["first", "second", "retried", "replayed"].map((name) => `${name}@example.com`)
      )
    }))

  test("is retried in the lane of retries where it was live, and else in its own", () =>
    Effect.gen(function* () {
      for (const lane of ["live", "import", "replay"] as const) {
        yield* store([{ ...alice, liveId: lane }], { deliveryId: lane, lane })
        const claimed = yield* claimOne
        expect(claimed.lane).toBe(lane)
        yield* settle(claimed, yield* again("0 millis"))
        const retried = yield* claimOne
        expect(retried).toMatchObject({ attempt: 2, lane: lane === "live" ? "retry" : lane })
        yield* settle(retried, yield* settlement({ status: "invited" }))
      }
    }))

  test("is given back by whoever holds its lease, and by nobody who held it before", (inbox) =>
    Effect.gen(function* () {
      yield* store([alice])
      const first = yield* claimOne
      yield* TestClock.adjust(lease)
      const second = yield* claimOne
      expect(yield* inbox.release(first)).toBe(false)
      expect(yield* claim()).toEqual([])
      expect(yield* inbox.release(second)).toBe(true)
      expect(yield* claimOne).toMatchObject({ id: first.id, attempt: 2 })
    }))

  test("never sends what is past its deadline, whether it waits, was sent, or comes too late", () =>
    Effect.gen(function* () {
      const expiresAt = yield* after("1 minute")
      const retried = yield* store([alice], { deliveryId: "1" }, { expiresAt })
      yield* settle(yield* claimOne, yield* again("50 seconds"))
      const sent = yield* store([bob], { deliveryId: "2" }, { expiresAt })
      const held = yield* claimOne
      expect(held.expiresAt).toEqual(expiresAt)
      const waiting = yield* store([carol], { deliveryId: "3" }, { expiresAt })
      yield* TestClock.adjust("1 minute")
      const late = yield* store(people(1), { deliveryId: "4" }, { expiresAt })
      expect(yield* claim()).toEqual([])
      for (const id of [retried, waiting, late]) expect(yield* statusOf(id)).toEqual(["expired"])
      expect(yield* settle(held, yield* settlement({ status: "invited" }))).toBe(true)
      expect(yield* statusOf(sent)).toEqual(["invited"])
    }))

  test("sends what a later webhook asks for until later, or once more after its end", (inbox) =>
    Effect.gen(function* () {
      yield* store([alice], { deliveryId: "1" }, { expiresAt: yield* after("1 minute") })
      yield* store([alice], { deliveryId: "2" }, { expiresAt: yield* after("3 minutes") })
      yield* TestClock.adjust("2 minutes")
      const claimed = yield* claimOne
      yield* inbox.release(claimed)
      yield* TestClock.adjust("1 minute")
      expect(yield* claim()).toEqual([])
      yield* store([alice], { deliveryId: "3" })
      expect(yield* claimOne).toMatchObject({ id: claimed.id, attempt: 1 })
    }))

  test("tells when a deadline passes", () =>
    Effect.gen(function* () {
      yield* store([alice], {}, { expiresAt: yield* after("1 minute") })
      yield* settle(yield* claimOne, yield* again("1 hour"))
      expect(yield* nextDue()).toEqual(DateTime.makeUnsafe(60_000))
    }))

  test("invites once more if the terms ask for it, and only after the stated time", () =>
    Effect.gen(function* () {
      const reinviteAfter = Duration.days(30)
      yield* store([alice])
      yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
      yield* TestClock.adjust("29 days")
      yield* store([alice], { deliveryId: "2" }, { reinviteAfter })
      expect(yield* claim()).toEqual([])
      yield* TestClock.adjust("1 day")
      yield* store([alice], { deliveryId: "3" })
      expect(yield* claim()).toEqual([])
      yield* store([alice], { deliveryId: "4" }, { reinviteAfter })
      const second = yield* claimOne
      expect(second).toMatchObject({ attempt: 1, requestedAt: yield* DateTime.now })
      yield* settle(second, yield* settlement({ status: "already_invited" }))
      yield* store([alice], { deliveryId: "5" }, { reinviteAfter })
      expect(yield* claim()).toEqual([])
    }))

  test("lets a parked Live wait, and goes on with the others", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* store(people(20))
      yield* store([{ ...alice, liveId: "live-2" }], { deliveryId: "2" })
      const park = control.park("main", "live-1", DateTime.makeUnsafe(-1))
      expect(yield* park).toMatchObject({ until: DateTime.makeUnsafe(60_000) })
      expect(membersOf(yield* claim(30))).toEqual([alice.member])
      expect(yield* claim(3, "other")).toEqual([])
      yield* TestClock.adjust("59 seconds")
      expect(yield* claim(30)).toEqual([])

      yield* TestClock.adjust("1 second")
      expect(yield* claim(30)).toHaveLength(1)
      expect(yield* claim(30)).toEqual([])
      expect(yield* park).toMatchObject({ until: DateTime.makeUnsafe(120_000) })
      yield* TestClock.adjust("30 minutes")
      expect(yield* park).toMatchObject({ until: DateTime.makeUnsafe(62 * 60_000) })
      yield* control.unpark("main", "live-1")
      const everybody = yield* claim(50)
      expect(everybody.filter(({ invitation }) => invitation.liveId === "live-1")).toHaveLength(20)
      expect(yield* control.parked).toEqual([])
    }))

  test("gives up what waits for a Live that has not been there for too long", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      const old = yield* store(people(2))
      yield* control.park("main", "live-1", DateTime.makeUnsafe(-1))
      yield* TestClock.adjust("1 hour")
      const young = yield* store([alice], { deliveryId: "2" })
      yield* control.park("main", "live-1", DateTime.makeUnsafe(1))
      expect(yield* statusOf(old)).toEqual(["exhausted", "exhausted"])
      expect(yield* statusOf(young)).toEqual(["pending"])
    }))

  test("gives each of many at once to one dispatcher", () =>
    Effect.gen(function* () {
      yield* store(people(100))
      const claims = yield* Effect.replicateEffect(claim(15), 8, { concurrency: "unbounded" })
      const ids = claims.flat().map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      const rest = yield* claim(100)
      expect(ids.length + rest.length).toBe(100)
    }))

  test("keeps of each attempt when, how long, how it ended and its trace, in order", (_, operations) =>
    Effect.gen(function* () {
      const id = yield* store([alice])
      const refused = new InviteError.UnexpectedStatus({
        liveId: alice.liveId,
        status: 418,
        answer: "teapot"
      })
      yield* settle(yield* claimOne, yield* again("1 second"))
      yield* TestClock.adjust("1 second")
      yield* settle(yield* claimOne, yield* settlement({ status: "rejected" }, refused))
      const [invitation] = yield* operations.invitations(id)
      expect(yield* operations.attempts(invitation?.id ?? "")).toEqual([
        {
          id: expect.stringMatching(/^att_/),
          number: 1,
          startedAt: DateTime.makeUnsafe(0),
          duration: Duration.millis(13),
          upstreamStatus: null,
          error: unavailable,
          participant: null,
          answer: null,
          traceId: "trace-1"
        },
        {
          id: expect.stringMatching(/^att_/),
          number: 2,
          startedAt: DateTime.makeUnsafe(1_000),
          duration: Duration.millis(13),
          upstreamStatus: 418,
          error: refused,
          participant: null,
          answer: "teapot",
          traceId: "trace-1"
        }
      ])
    }))

  test("settles many with one call, and tells which of them still held their lease", (inbox, operations) =>
    Effect.gen(function* () {
      const id = yield* store(people(3))
      const [lost, ...held] = yield* claim()
      if (lost === undefined) return expect.fail("nothing was claimed")
      yield* inbox.release(lost)
      const { startedAt, duration, traceId } = yield* settlement({ status: "invited" })
      const outcome = (claim: typeof lost) => ({
        claim,
        result: LiveParticipantsTest.participant(claim.invitation),
        next: { status: "invited" } as const
      })
      expect(
        yield* inbox.settle({ startedAt, duration, traceId, outcomes: [outcome(lost), ...held.map(outcome)] })
      ).toEqual([false, true, true])
      // A success wins all the same.
      expect(yield* statusOf(id)).toEqual(["invited", "invited", "invited"])
      const attempts = yield* Effect.forEach([lost, ...held], ({ id }) => operations.attempts(id))
      expect(attempts.map(({ length }) => length)).toEqual([1, 1, 1])
      expect(new Set(attempts.flat().map(({ id }) => id)).size).toBe(1)
      expect(attempts[2]?.[0]?.participant?.spotMemberEmail).toBe("person-2@example.com")
    }))

  test("sets aside a row that can't be read, and goes on with the others", (inbox, operations) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const bad = yield* store([{ ...alice, liveId: "live-2" }], { deliveryId: "1" })
      const good = yield* store(people(1), { deliveryId: "2" })
      yield* sql`UPDATE invitations SET live_id = 'no live at all' WHERE live_id = 'live-2'`
      expect(
        membersOf(yield* claim(1).pipe(Effect.repeat({ until: (claims) => claims.length > 0 })))
      ).toEqual(["person-0@example.com"])
      expect(yield* claim()).toEqual([])
      expect(yield* operations.invitations(bad)).toEqual([])
      expect(yield* statusOf(good)).toEqual(["sending"])
      expect(yield* statuses("invitations")).toEqual({ corrupt: 1, sending: 1 })

      const { id } = yield* inbox.accept(delivery({ deliveryId: "3" }))
      yield* inbox.accept(delivery({ deliveryId: "4" }))
      yield* sql`UPDATE webhooks SET headers = 'no JSON' WHERE id = ${id}`
      expect((yield* inbox.received(10)).map(({ deliveryId }) => deliveryId)).toEqual(["4"])
      expect(yield* statuses("webhooks")).toEqual({ corrupt: 1, mapped: 2, received: 1 })
    }))
})
