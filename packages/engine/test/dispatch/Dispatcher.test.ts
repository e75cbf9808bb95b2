import { describe, expect, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Fiber, Layer, Random, Ref } from "effect"
import { TestClock } from "effect/testing"
import { InviteError, LiveParticipants } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { Dispatcher, Inbox, Leadership, Spots } from "../../src/index.ts"
import { databaseFile } from "../databases.ts"
import { claim } from "../dispatching.ts"
import {
  alice,
  delivery,
  eventually,
  layerInbox,
  layerInboxAt,
  people,
  start,
  store,
  untilStatus
} from "../fixtures.ts"

const { liveId } = alice

const { fails } = LiveParticipantsTest

const unavailable = fails(
  new InviteError.UpstreamUnavailable({ liveId, reason: "ServerError", status: 503, mayHaveArrived: true })
)

const inAnHour = fails(
  new InviteError.UpstreamUnavailable({
    liveId,
    reason: "ServerError",
    status: 503,
    mayHaveArrived: true,
    retryAfter: Duration.hours(1)
  })
)

const layerSpots = (options?: Partial<Spots.Options>) =>
  Layer.unwrap(
    Effect.map(LiveParticipants.LiveParticipants, (participants) =>
      Spots.layerOf(Spots.make("main", participants, { budget: "unlimited", batchSize: 1, ...options }))
    )
  )

const dispatcher = ({ grace, ...options }: Dispatcher.Options & Partial<Spots.Options> = {}) =>
  Dispatcher.layer({ grace }).pipe(Layer.provide([layerSpots(options), Leadership.layerAlone]))

/** An Inbox, and an upstream that answers by the script; the dispatcher is started by the test. */
const upstream = (...script: ReadonlyArray<LiveParticipantsTest.Answer>) =>
  Effect.provide(Layer.merge(layerInbox, LiveParticipantsTest.layerScripted(...script)))

const calls = Effect.flatMap(LiveParticipantsTest.Recorder, ({ invitations }) => invitations)

const untilCalls = (count: number) => eventually(calls, ({ length }) => length >= count)

/** Jitter that always takes the whole backoff. */
const longestWaits = Effect.provideService(Random.Random, {
  nextDoubleUnsafe: () => 1,
  nextIntUnsafe: () => Number.MAX_SAFE_INTEGER
})

/** Lets everything run that can run without time going by. */
const settled = Effect.replicateEffect(Effect.yieldNow, 1_000, { discard: true })

describe("an invitation that is due", () => {
  it.effect("is sent, and settled as invited", () =>
    Effect.gen(function* () {
      const id = yield* store([alice])
      yield* start(dispatcher())
      expect(yield* untilStatus(id, "invited")).toMatchObject([
        { attempts: 1, lastError: null, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) }
      ])
      expect(yield* calls).toEqual([alice])
    }).pipe(upstream())
  )

  it.effect.each([
    ["AlreadyInvited", "already_invited", new InviteError.AlreadyInvited({ liveId })],
    ["MalformedPayload", "rejected", new InviteError.MalformedPayload({ liveId, reason: "Refused" })]
  ] as const)("that gets %s ends at once as %s", ([lastError, status, error]) =>
    Effect.gen(function* () {
      const id = yield* store([alice])
      yield* start(dispatcher())
      expect(yield* untilStatus(id, status)).toMatchObject([{ status, attempts: 1, lastError }])
      yield* TestClock.adjust("1 hour")
      expect(yield* calls).toHaveLength(1)
    }).pipe(upstream(fails(error)))
  )

  it.effect("is tried again through an outage, when its backoff has passed, until it is invited", () =>
    Effect.gen(function* () {
      const id = yield* store([alice])
      yield* start(dispatcher())
      for (const attempt of [1, 2, 3]) {
        yield* untilCalls(attempt)
        expect(yield* untilStatus(id, "pending")).toMatchObject([{ attempts: attempt }])
        yield* settled
        yield* TestClock.adjust(Duration.millis(1_000 * 2 ** (attempt - 1) - 1))
        expect(yield* calls).toHaveLength(attempt)
        yield* TestClock.adjust("1 milli")
      }
      expect(yield* untilStatus(id, "invited")).toMatchObject([{ attempts: 4, lastError: null }])
    }).pipe(upstream(unavailable, unavailable, unavailable), longestWaits)
  )

  it.effect("is sent at once when it comes while the dispatcher naps", () =>
    Effect.gen(function* () {
      yield* start(dispatcher())
      yield* settled
      yield* untilStatus(yield* store([alice]), "invited")
    }).pipe(upstream())
  )

  it.effect("is looked for when one may be due, not when a webhook comes", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox.Inbox
      const claims = yield* Ref.make(0)
      const counted = Inbox.Inbox.of({
        ...inbox,
        claim: (options) =>
          Effect.andThen(
            Ref.update(claims, (count) => count + 1),
            inbox.claim(options)
          )
      })
      yield* start(dispatcher().pipe(Layer.provide(Layer.succeed(Inbox.Inbox, counted))))
      yield* settled
      const before = yield* Ref.get(claims)
      yield* inbox.accept(delivery())
      yield* settled
      expect(yield* Ref.get(claims)).toBe(before)
      yield* untilStatus(yield* store([alice], { deliveryId: "mapped" }), "invited")
    }).pipe(upstream())
  )

  it.effect.each([
    ["nothing else", []],
    ["another one in an hour", people(1)]
  ] as const)("is found within 30 seconds when another process stored it, while %s is due", ([, others]) =>
    Effect.gen(function* () {
      const filename = yield* databaseFile
      yield* Effect.gen(function* () {
        yield* store(others)
        yield* start(dispatcher())
        yield* untilCalls(others.length)
        yield* settled
        const id = yield* store([alice], { deliveryId: "delivery-2" }).pipe(
          Effect.provide(layerInboxAt(filename), { local: true })
        )
        yield* TestClock.adjust("29 seconds")
        expect(yield* calls).toEqual(others)
        yield* TestClock.adjust("1 second")
        yield* untilStatus(id, "invited")
      }).pipe(Effect.provide(layerInboxAt(filename)))
    }).pipe(
      Effect.provide(
        LiveParticipantsTest.layerScripted((invitation) =>
          invitation.member === alice.member ? LiveParticipantsTest.invited(invitation) : inAnHour(invitation)
        )
      )
    )
  )
})

describe("the whole Spot waits, and no attempt is burnt,", () => {
  it.effect.each([
    ["a minute after 401", 60, new InviteError.Unauthorized({ liveId, status: 401 })],
    [
      "for the Retry-After of a 429",
      7,
      new InviteError.RateLimited({ liveId, retryAfter: Duration.seconds(7) })
    ]
  ] as const)("%s", ([, seconds, error]) =>
    Effect.gen(function* () {
      const id = yield* store(people(3))
      yield* start(dispatcher({ concurrency: 1 }))
      yield* untilCalls(1)
      yield* settled
      yield* store([alice], { deliveryId: "delivery-2" })
      yield* TestClock.adjust(Duration.millis(seconds * 1_000 - 1))
      expect(yield* calls).toHaveLength(1)
      yield* TestClock.adjust("1 milli")
      const invitations = yield* untilStatus(id, "invited")
      expect(invitations.map(({ attempts }) => attempts)).toEqual([1, 1, 1])
    }).pipe(upstream(fails(error)))
  )
})

describe("calls at once", () => {
  it.effect("are as many as allowed, no more and no fewer", () =>
    Effect.gen(function* () {
      const gates = yield* Effect.replicateEffect(Deferred.make<void>(), 7)
      const underWay = yield* Ref.make({ now: 0, most: 0 })
      const script = gates.map(
        (gate): LiveParticipantsTest.Answer =>
          (invitation) =>
            Ref.update(underWay, ({ now, most }) => ({ now: now + 1, most: Math.max(most, now + 1) })).pipe(
              Effect.andThen(Deferred.await(gate)),
              Effect.andThen(Ref.update(underWay, ({ now, most }) => ({ now: now - 1, most }))),
              Effect.andThen(LiveParticipantsTest.invited(invitation))
            )
      )
      yield* Effect.gen(function* () {
        const id = yield* store(people(7))
        yield* start(dispatcher({ concurrency: 3 }))
        for (const [done, gate] of gates.entries()) {
          yield* untilCalls(Math.min(7, done + 3))
          yield* settled
          expect((yield* Ref.get(underWay)).now).toBe(Math.min(3, 7 - done))
          yield* Deferred.succeed(gate, undefined)
          yield* settled
          // For so long it waits for more that end at the same time.
          yield* TestClock.adjust("5 millis")
        }
        expect(yield* untilStatus(id, "invited")).toHaveLength(7)
        expect((yield* Ref.get(underWay)).most).toBe(3)
      }).pipe(upstream(...script))
    })
  )
})

describe("when the relay stops", () => {
  it.effect("a call that ends within the grace is settled, and no other is begun", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const slow: LiveParticipantsTest.Answer = (invitation) =>
        Effect.andThen(Deferred.await(gate), LiveParticipantsTest.invited(invitation))
      yield* Effect.gen(function* () {
        const id = yield* store([alice])
        const { stop } = yield* start(dispatcher())
        yield* untilCalls(1)
        const stopping = yield* Effect.forkChild(stop, { startImmediately: true })
        yield* store(people(1), { deliveryId: "delivery-2" })
        yield* TestClock.adjust("4999 millis")
        expect(stopping.pollUnsafe()).toBeUndefined()
        yield* Deferred.succeed(gate, undefined)
        yield* Fiber.join(stopping)
        expect(yield* untilStatus(id, "invited")).toMatchObject([{ status: "invited", attempts: 1 }])
        expect(yield* calls).toEqual([alice])
      }).pipe(upstream(slow))
    })
  )

  it.effect.each([["5 seconds"], ["0 seconds"]] as const)(
    "calls that outlast a grace of %s are given back and can be claimed at once",
    ([grace]) =>
      Effect.gen(function* () {
        const id = yield* store(people(2))
        const { stop } = yield* start(dispatcher({ grace }))
        yield* untilCalls(2)
        const stopping = yield* Effect.forkChild(stop, { startImmediately: true })
        yield* TestClock.adjust(grace)
        yield* Fiber.join(stopping)
        expect(yield* untilStatus(id, "pending")).toMatchObject([{ attempts: 0 }, { attempts: 0 }])
        expect(yield* claim()).toHaveLength(2)
      }).pipe(
        upstream(
          () => Effect.never,
          () => Effect.never
        )
      )
  )
})

describe("the loop goes on", () => {
  it.effect("after a defect: the others are sent, and that one when its lease has ended", () =>
    Effect.gen(function* () {
      const id = yield* store(people(3))
      yield* start(dispatcher({ concurrency: 1 }))
      yield* untilCalls(3)
      yield* settled
      const statuses = Effect.map(untilStatus(id, "invited", "sending"), (all) =>
        all.map(({ status }) => status)
      )
      expect(yield* statuses).toEqual(["sending", "invited", "invited"])
      expect(yield* calls).toHaveLength(3)
      yield* TestClock.adjust("2 minutes")
      expect(yield* untilStatus(id, "invited")).toMatchObject([
        { attempts: 2 },
        { attempts: 1 },
        { attempts: 1 }
      ])
    }).pipe(upstream(() => Effect.die(new Error("a fault in the program"))))
  )

  it.effect("after the store could not be read", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox.Inbox
      const claims = yield* Ref.make(0)
      const broken = Inbox.Inbox.of({
        ...inbox,
        claim: (options) =>
          Effect.flatMap(
            Ref.getAndUpdate(claims, (count) => count + 1),
            (count) =>
              count === 0
                ? Effect.fail(new Inbox.InboxUnavailable({ cause: new Error("disk I/O error") }))
                : inbox.claim(options)
          )
      })
      const id = yield* store([alice])
      yield* start(dispatcher().pipe(Layer.provide(Layer.succeed(Inbox.Inbox, broken))))
      yield* eventually(Ref.get(claims), (count) => count === 1)
      yield* settled
      expect(yield* Ref.get(claims)).toBe(1)
      yield* TestClock.adjust("1 second")
      expect(yield* untilStatus(id, "invited")).toMatchObject([{ attempts: 1 }])
    }).pipe(upstream())
  )

  it.effect(
    "after an outcome could not be stored: it is kept, and stored as soon as the store takes it",
    () =>
      Effect.gen(function* () {
        const inbox = yield* Inbox.Inbox
        const settles = yield* Ref.make(0)
        const broken = Inbox.Inbox.of({
          ...inbox,
          settle: (settlement) =>
            Effect.flatMap(
              Ref.getAndUpdate(settles, (count) => count + 1),
              (count) =>
                count === 0
                  ? Effect.fail(new Inbox.InboxUnavailable({ cause: new Error("disk I/O error") }))
                  : inbox.settle(settlement)
            )
        })
        const id = yield* store([alice])
        yield* start(dispatcher().pipe(Layer.provide(Layer.succeed(Inbox.Inbox, broken))))
        yield* eventually(Ref.get(settles), (count) => count === 1)
        yield* settled
        expect(yield* calls).toHaveLength(1)
        yield* TestClock.adjust("1 second")
        expect(yield* untilStatus(id, "invited")).toMatchObject([{ attempts: 1 }])
        yield* TestClock.adjust("3 minutes")
        expect(yield* calls).toHaveLength(1)
      }).pipe(upstream())
  )
})
