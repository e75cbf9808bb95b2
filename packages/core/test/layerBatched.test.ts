import { describe, expect, it } from "@effect/vitest"
import { Array, Deferred, Effect, Fiber, Layer, Redacted, Ref } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { Budget, InviteError, type Invitation, LiveParticipants } from "../src/index.ts"
import { LiveParticipantsTest, MeltingSpotMemory, MeltingSpotServer } from "../src/testing.ts"

const { LiveParticipants: Service, layer, layerBatched } = LiveParticipants

/** Batching before a MeltingSpot in memory; `urls` are the calls that reached it. */
const batching = Effect.fnUntraced(function* (options?: LiveParticipants.BatchingOptions) {
  const urls = yield* Ref.make<ReadonlyArray<string>>([])
  const secretKey = Redacted.make("k")
  const context = yield* Layer.build(
    layerBatched(options).pipe(
      Layer.provide(layer({ secretKey, baseUrl: "http://upstream" })),
      Layer.provide([
        Budget.layerUnlimited,
        Layer.effect(
          HttpClient.HttpClient,
          Effect.map(
            HttpClient.HttpClient,
            HttpClient.tapRequest(({ url }) => Ref.update(urls, Array.append(url)))
          )
        ).pipe(Layer.provide(MeltingSpotServer.layerHttpClient(secretKey)))
      ]),
      Layer.provide(MeltingSpotMemory.layer())
    )
  )
  const { invite } = yield* Effect.provide(Service, context)
  return { invite, urls: Ref.get(urls) }
})

const single = "http://upstream/v1/lives/live-1/participants"
const bulk = `${single}~bulkInvite`

const all = (
  invite: LiveParticipants.LiveParticipants["Service"]["invite"],
  ...members: ReadonlyArray<string>
) =>
  Effect.forEach(members, (member) => Effect.exit(invite({ liveId: "live-1", member })), {
    concurrency: "unbounded"
  })

const limited = new InviteError.RateLimited({ liveId: "live-1" })

describe("with batching", () => {
  it.effect("calls for one Live that meet within the window leave as one, and each has its own outcome", () =>
    Effect.gen(function* () {
      const { invite, urls } = yield* batching()
      const fiber = yield* Effect.forkChild(all(invite, "a@b.c", "member-0", "A@b.c", "b@b.c"))
      yield* TestClock.adjust("9 millis")
      expect(yield* urls).toEqual([])
      yield* TestClock.adjust("1 millis")
      expect(yield* Fiber.join(fiber)).toMatchObject([
        { _tag: "Success", value: { spotMemberEmail: "a@b.c" } },
        { _tag: "Success", value: { spotMemberId: "member-0" } },
        { _tag: "Failure" },
        { _tag: "Success", value: { spotMemberEmail: "b@b.c" } }
      ])
      expect(yield* urls).toEqual([bulk])
    })
  )

  it.effect("a lone call leaves as the single one", () =>
    Effect.gen(function* () {
      const { invite, urls } = yield* batching({ window: "1 second" })
      const fiber = yield* Effect.forkChild(all(invite, "a@b.c"))
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(fiber)).toMatchObject([{ _tag: "Success" }])
      expect(yield* urls).toEqual([single])
    })
  )

  it.effect("a full batch leaves at once", () =>
    Effect.gen(function* () {
      const { invite, urls } = yield* batching({ maxMembers: 2 })
      expect(yield* all(invite, "a@b.c", "b@b.c")).toMatchObject([{ _tag: "Success" }, { _tag: "Success" }])
      expect(yield* urls).toEqual([bulk])
    })
  )

  it.effect("other Lives, inviters and notification flags leave apart", () =>
    Effect.gen(function* () {
      const { invite, urls } = yield* batching()
      const invitations: ReadonlyArray<Invitation.Invitation> = [
        { liveId: "live-1", member: "a@b.c" },
        { liveId: "live-2", member: "a@b.c" },
        { liveId: "live-1", member: "b@b.c", withEmailNotification: true },
        { liveId: "live-1", member: "c@b.c", invitedBySpotMemberId: "member-0" }
      ]
      const fiber = yield* Effect.forkChild(Effect.forEach(invitations, invite, { concurrency: "unbounded" }))
      yield* TestClock.adjust("10 millis")
      expect(yield* Fiber.join(fiber)).toHaveLength(4)
      expect(yield* urls).toHaveLength(4)
    })
  )

  it.effect("a bad member fails alone, and a failure of the call fails all that were in it", () =>
    Effect.gen(function* () {
      const { invite } = yield* batching()
      const bad = yield* Effect.forkChild(all(invite, "a@b.c", "nobody", "b c"))
      yield* TestClock.adjust("10 millis")
      expect((yield* Fiber.join(bad)).map(({ _tag }) => _tag)).toEqual(["Success", "Failure", "Failure"])

      const errors = yield* Effect.gen(function* () {
        const batched = yield* Service
        const fiber = yield* Effect.forkChild(
          Effect.forEach(
            ["a@b.c", "b@b.c"],
            (member) => Effect.flip(batched.invite({ liveId: "live-1", member })),
            {
              concurrency: "unbounded"
            }
          )
        )
        yield* TestClock.adjust("10 millis")
        return yield* Fiber.join(fiber)
      }).pipe(
        Effect.provide(
          layerBatched().pipe(
            Layer.provide(LiveParticipantsTest.layerScripted(LiveParticipantsTest.fails(limited)))
          )
        )
      )
      expect(errors).toEqual([limited, limited])
    })
  )

  it.effect("a retry of the call repeats it for all that were in it", () =>
    Effect.gen(function* () {
      const { invite } = yield* Service
      const fiber = yield* Effect.forkChild(all(invite, "a@b.c", "b@b.c"))
      yield* TestClock.adjust("10 millis")
      expect((yield* Fiber.join(fiber)).map(({ _tag }) => _tag)).toEqual(["Success", "Success"])
    }).pipe(
      Effect.provide(
        layerBatched({ perCall: Effect.retry({ times: 1 }) }).pipe(
          Layer.provide(LiveParticipantsTest.layerScripted(LiveParticipantsTest.fails(limited)))
        )
      )
    )
  )

  it.effect("who is interrupted while waiting is not invited, and the others are", () =>
    Effect.gen(function* () {
      const { invite, urls } = yield* batching()
      const first = yield* Effect.forkChild(all(invite, "a@b.c"))
      const second = yield* Effect.forkChild(all(invite, "b@b.c"))
      yield* TestClock.adjust("5 millis")
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust("5 millis")
      expect(yield* Fiber.join(second)).toMatchObject([
        { _tag: "Success", value: { spotMemberEmail: "b@b.c" } }
      ])
      expect(yield* urls).toEqual([single])
    })
  )

  it.effect("the call is aborted when everybody in it is interrupted, and not before", () =>
    Effect.gen(function* () {
      const started = yield* Deferred.make<void>()
      const aborted = yield* Deferred.make<void>()
      const never = Effect.andThen(Deferred.succeed(started, undefined), Effect.never).pipe(
        Effect.onInterrupt(() => Deferred.succeed(aborted, undefined))
      )
      yield* Effect.gen(function* () {
        const { invite } = yield* Service
        const first = yield* Effect.forkChild(all(invite, "a@b.c"))
        const second = yield* Effect.forkChild(all(invite, "b@b.c"))
        yield* TestClock.adjust("10 millis")
        yield* Deferred.await(started)
        yield* Fiber.interrupt(first)
        expect(yield* Deferred.isDone(aborted)).toBe(false)
        yield* Fiber.interrupt(second)
        yield* Deferred.await(aborted)
      }).pipe(
        Effect.provide(layerBatched().pipe(Layer.provide(LiveParticipantsTest.layerScripted(() => never))))
      )
    })
  )
})
