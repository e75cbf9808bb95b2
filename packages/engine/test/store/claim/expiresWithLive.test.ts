/** What becomes of invitations that expire when their Live begins. */
import { expect } from "@effect/vitest"
import { DateTime, Effect, Stream } from "effect"
import { TestClock } from "effect/testing"
import { type Budget, Inbox, LiveCatalog, type Mapped, Operations, SpotControl } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { again, claim, claimOne, lease, nextDue, settle, settlement } from "../../dispatching.ts"
import { people, statuses, store } from "../../fixtures.ts"

const shares = { live: 0.3, retry: 0.05, replay: 0.05, import: 0.05 }
const budget: Budget.Limits = { per10s: 100, per24h: 50_000, shares }

const withLive: Partial<Mapped.Terms> = { expiresWithLive: true }

/** Somebody signs up, who is invited until the Live begins. */
const signUp = (deliveryId: string, count = 1, terms = withLive) =>
  store(people(count), { deliveryId }, terms)

const next = LiveCatalog.LiveCatalog.use((catalog) => catalog.next({ spot: "main", budget, lease }))

/** The reader's next read, which has to be due, says so. */
const read = Effect.fnUntraced(function* (answer: string | LiveCatalog.Answer) {
  const reading = yield* Effect.fromNullishOr(yield* next)
  const startsAt = typeof answer === "string" ? DateTime.makeUnsafe(answer) : undefined
  yield* LiveCatalog.LiveCatalog.use((catalog) =>
    catalog.store(
      reading,
      startsAt === undefined
        ? { error: "UpstreamUnavailable" }
        : { title: "Launch", startsAt, endsAt: DateTime.add(startsAt, { hours: 1 }) }
    )
  )
})

const failedRead = read({ error: "UpstreamUnavailable" })

const at = (time: string) => TestClock.setTime(DateTime.toEpochMillis(DateTime.makeUnsafe(time)))

const expiryOf = Effect.fnUntraced(function* (id: string) {
  const operations = yield* Operations.Operations
  return (yield* operations.invitations(id)).map(
    ({ expiresAt }) => expiresAt && DateTime.formatIso(expiresAt)
  )
})

/** The 1st of January 1970, when the clocks of tests begin. */
const ten = "1970-01-01T10:00:00.000Z"
const eleven = "1970-01-01T11:00:00.000Z"

const later = "1970-01-03T10:00:00.000Z"

/** The number of invitations that a replay of expired ones sends, as its plan said. */
const replayExpired = Effect.gen(function* () {
  const operations = yield* Operations.Operations
  const selection = { status: ["expired"] } as const
  const plan = yield* operations.plan(selection)
  const replayed = yield* Stream.runSum(operations.replay(selection))
  expect(replayed).toBe(plan.invitations)
  return replayed
})

/** So many people wait for a Live whose beginning has come, and is to be read again. */
const waiting = Effect.fnUntraced(function* (count = 1) {
  const id = yield* signUp("1", count)
  yield* read(ten)
  yield* at(ten)
  expect(yield* claim()).toEqual([])
  return id
})

/** Somebody was too late for a Live. */
const tooLate = Effect.gen(function* () {
  yield* waiting()
  yield* read(ten)
  expect(yield* claim()).toEqual([])
  expect(yield* statuses("invitations")).toEqual({ expired: 1 })
})

onEach((test) => {
  test("the beginning becomes the deadline of those who wait, and of those who sign up later", () =>
    Effect.gen(function* () {
      const first = yield* signUp("1")
      expect(yield* claim()).toEqual([])
      expect(yield* expiryOf(first)).toEqual([null])
      yield* read(ten)
      const second = yield* store(
        [{ liveId: "live-1", member: "bob@example.com" }],
        { deliveryId: "2" },
        withLive
      )
      expect([yield* expiryOf(first), yield* expiryOf(second)]).toEqual([[ten], [ten]])
      expect(yield* claim()).toHaveLength(2)
    }))

  test("nobody is invited to a Live before its beginning was read for the first time", () =>
    Effect.gen(function* () {
      yield* at(ten)
      yield* signUp("1", 3)
      expect(yield* claim()).toEqual([])
      expect(yield* statuses("invitations")).toEqual({ pending: 3 })
      yield* read("1970-01-01T09:00:00.000Z")
      expect(yield* claim()).toEqual([])
      expect(yield* statuses("invitations")).toEqual({ expired: 3 })
    }))

  test("a clock that is behind invites nobody to such a Live", () =>
    Effect.gen(function* () {
      yield* at(ten)
      yield* signUp("1")
      yield* at("1970-01-01T09:59:59.000Z")
      expect(yield* claim()).toEqual([])
      expect(yield* statuses("invitations")).toEqual({ pending: 1 })
    }))

  test("a replay of an invitation that was cancelled before the read waits for it", () =>
    Effect.gen(function* () {
      const operations = yield* Operations.Operations
      yield* signUp("1")
      yield* Stream.runDrain(operations.cancel({ status: ["pending"] }, { by: "ops" }))
      yield* TestClock.adjust("1 second")
      const selection = { status: ["cancelled"] } as const
      expect((yield* operations.plan(selection)).invitations).toBe(1)
      expect(yield* Stream.runSum(operations.replay(selection))).toBe(1)
      expect(yield* claim()).toEqual([])
      yield* read(ten)
      expect(yield* claim()).toHaveLength(1)
    }))

  test("neither a resumed Spot nor a Live that is tried again sends who waits for the beginning", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* waiting(2)
      yield* control.park("main", "live-1", DateTime.makeUnsafe(0))
      yield* control.unpark("main", "live-1")
      expect(yield* claim()).toEqual([])
      yield* control.pause("main", "operator", "a test")
      yield* control.resume("main")
      expect(yield* claim()).toEqual([])
      yield* read(ten)
      expect(yield* claim()).toEqual([])
      expect(yield* statuses("invitations")).toEqual({ expired: 2 })
    }))

  test("they wait on while their Spot is paused, and the hour counts from its end", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* waiting(1_100)
      yield* control.pause("main", "operator", "a test")
      yield* TestClock.adjust("2 hours")
      expect(yield* claim()).toEqual([])
      yield* control.resume("main")
      yield* TestClock.adjust("59 minutes")
      expect(yield* claim()).toEqual([])
      yield* read(ten)
      expect(yield* claim()).toEqual([])
      expect(yield* statuses("invitations")).toEqual({ expired: 1_100 })
    }))

  test("if its beginning can't be read, people are invited, and later ones at once", () =>
    Effect.gen(function* () {
      yield* signUp("1", 2)
      expect(yield* claim()).toEqual([])
      yield* failedRead
      expect(yield* claim()).toHaveLength(2)
      yield* store([{ liveId: "live-1", member: "bob@example.com" }], { deliveryId: "2" }, withLive)
      expect(yield* claim()).toHaveLength(1)
    }))

  test("once it has begun, and was read again, all who still wait expire", () =>
    Effect.gen(function* () {
      yield* waiting(1_100)
      expect(yield* statuses("invitations")).toEqual({ pending: 1_100 })
      yield* read(ten)
      expect(yield* nextDue()).toEqual(DateTime.makeUnsafe(ten))
      expect(yield* claim()).toEqual([])
      expect(yield* statuses("invitations")).toEqual({ expired: 1_100 })
      expect(yield* nextDue()).toBeUndefined()
    }))

  test("a Live that was put off expires nobody: they are invited at once, until it begins", () =>
    Effect.gen(function* () {
      const id = yield* waiting(2)
      yield* read(eleven)
      expect(yield* expiryOf(id)).toEqual([eleven, eleven])
      expect(yield* claim()).toHaveLength(2)
    }))

  test("if its beginning can't be read again, nobody expires: they are invited", () =>
    Effect.gen(function* () {
      yield* waiting(2)
      yield* failedRead
      expect(yield* claim()).toHaveLength(2)
    }))

  test("if nobody reads it again, they are invited after an hour", () =>
    Effect.gen(function* () {
      yield* waiting()
      expect(yield* nextDue()).toEqual(DateTime.makeUnsafe(eleven))
      yield* at(eleven)
      expect(yield* claim()).toHaveLength(1)
    }))

  test("a beginning that can't be read expires nobody", () =>
    Effect.gen(function* () {
      yield* signUp("1")
      yield* failedRead
      yield* TestClock.adjust("30 days")
      expect(yield* claim()).toHaveLength(1)
    }))

  test("such a Live is read while invitations are due, and more than half of the budget is used; others are not", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox.Inbox
      yield* store(people(60, "another"), { deliveryId: "1" })
      const claimed = yield* inbox.claim({ spot: "main", calls: 55, lease, budget })
      expect(claimed.calls).toHaveLength(55)
      expect(yield* next).toBeUndefined()
      yield* signUp("2")
      yield* read(ten)
      expect(yield* next).toBeUndefined()
    }))

  test("such a Live is read during an import that uses all calls of its lane", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox.Inbox
      const control = yield* SpotControl.SpotControl
      yield* store(people(100, "another"), { deliveryId: "1", lane: "import" })
      const { calls } = yield* inbox.claim({ spot: "main", calls: 100, lease, budget })
      expect(calls).toHaveLength(70)
      yield* signUp("2")
      yield* read(ten)
      const [{ used } = { used: undefined }] = yield* control.usage("main", budget)
      expect(used).toMatchObject({ live: 1, import: 70 })
    }))

  test("after a retry the deadline still holds", () =>
    Effect.gen(function* () {
      const id = yield* signUp("1")
      yield* read(ten)
      const claimed = yield* claimOne
      yield* settle(claimed, yield* again("1 minute"))
      yield* at(ten)
      yield* claim()
      yield* read(ten)
      yield* claim()
      expect(yield* expiryOf(id)).toEqual([ten])
      expect(yield* statuses("invitations")).toEqual({ expired: 1 })
    }))

  test("who signs up for a Live that has begun expires, if it was read within the hour; else it is read first", () =>
    Effect.gen(function* () {
      yield* tooLate
      yield* TestClock.adjust("59 minutes")
      yield* store([{ liveId: "live-1", member: "bob@example.com" }], { deliveryId: "2" }, withLive)
      expect(yield* claim()).toEqual([])
      expect(yield* statuses("invitations")).toEqual({ expired: 2 })
      yield* TestClock.adjust("3 days")
      yield* store([{ liveId: "live-1", member: "carol@example.com" }], { deliveryId: "3" }, withLive)
      expect(yield* claim()).toEqual([])
      expect(yield* statuses("invitations")).toEqual({ expired: 2, pending: 1 })
      yield* read("1970-02-01T10:00:00Z")
      expect(yield* claim()).toHaveLength(1)
    }))

  test("an expired person who signs up again is invited, if the Live was put off meanwhile", () =>
    Effect.gen(function* () {
      yield* tooLate
      yield* TestClock.adjust("3 days")
      yield* signUp("2")
      expect(yield* claim()).toEqual([])
      yield* read("1970-02-01T10:00:00Z")
      expect(yield* claim()).toHaveLength(1)
    }))

  test("an expired person is sent again by a replay, if the Live was put off meanwhile, until it begins", () =>
    Effect.gen(function* () {
      yield* tooLate
      expect(yield* replayExpired).toBe(0)
      yield* TestClock.adjust("1 minute")
      expect(yield* replayExpired).toBe(1)
      expect(yield* claim()).toEqual([])
      yield* read(later)
      yield* at(later)
      expect(yield* claim()).toEqual([])
      yield* read(later)
      expect(yield* claim()).toEqual([])
      expect(yield* statuses("invitations")).toEqual({ expired: 1 })
    }))

  test("a replay of expired people has the beginning read again: if the Live has begun, they expire again", () =>
    Effect.gen(function* () {
      yield* tooLate
      yield* TestClock.adjust("1 minute")
      expect(yield* replayExpired).toBe(1)
      expect(yield* claim()).toEqual([])
      expect(yield* statuses("invitations")).toEqual({ pending: 1 })
      yield* read(ten)
      expect(yield* claim()).toEqual([])
      expect(yield* statuses("invitations")).toEqual({ expired: 1 })
    }))

  test("a later webhook without a deadline, or with a later one of its own, takes its place", () =>
    Effect.gen(function* () {
      const id = yield* signUp("1")
      yield* read(ten)
      yield* signUp("2", 1, { expiresAt: DateTime.makeUnsafe(eleven) })
      expect(yield* expiryOf(id)).toEqual([eleven])
      yield* at(ten)
      expect(yield* claim()).toHaveLength(1)
    }))

  test("who waits for the beginning is invited at once, if a later webhook has a deadline of its own, or none", () =>
    Effect.gen(function* () {
      yield* waiting(2)
      yield* signUp("2", 2, { expiresAt: DateTime.makeUnsafe(ten) })
      expect(yield* claim()).toEqual([])
      expect(yield* statuses("invitations")).toEqual({ pending: 2 })
      yield* signUp("3", 2, {})
      expect(yield* claim()).toHaveLength(2)
    }))

  test("who was invited before it began stays invited", () =>
    Effect.gen(function* () {
      yield* signUp("1")
      yield* read(ten)
      yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
      yield* at(eleven)
      yield* read(ten)
      yield* claim()
      expect(yield* statuses("invitations")).toEqual({ invited: 1 })
    }))
})
