/** A service of our own that invites, and its tests: no network, no waiting. */
import { assert, describe, it } from "@effect/vitest"
import { InviteError, LiveParticipants } from "@usher/core"
import { LiveParticipantsTest, MeltingSpotMemory } from "@usher/core/testing"
import { Context, Effect, Fiber, Layer, Schedule } from "effect"
import { TestClock } from "effect/testing"

const liveId = "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10"

class Webinar extends Context.Service<
  Webinar,
  { readonly signUp: (email: string) => Effect.Effect<"new" | "known", InviteError.InviteError> }
>()("example/Webinar") {
  static readonly layer = Layer.effect(
    Webinar,
    Effect.gen(function* () {
      const { invite } = yield* LiveParticipants.LiveParticipants
      const signUp = (email: string) =>
        invite({ liveId, member: email }).pipe(
          Effect.retry({ while: InviteError.isRetryable, schedule: Schedule.spaced("10 seconds"), times: 3 }),
          Effect.as("new" as const),
          Effect.catchTag("AlreadyInvited", () => Effect.succeed("known" as const))
        )
      return Webinar.of({ signUp })
    })
  )
}

describe("Webinar", () => {
  const busy = LiveParticipantsTest.fails(new InviteError.RateLimited({ liveId }))
  const scripted = LiveParticipantsTest.layerScripted(...LiveParticipantsTest.times(2, busy))

  it.effect("signs up on the third attempt", () =>
    Effect.gen(function* () {
      const webinar = yield* Webinar
      const signUp = yield* Effect.forkChild(webinar.signUp("alice@example.com"))
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual(yield* Fiber.join(signUp), "new")

      const recorder = yield* LiveParticipantsTest.Recorder
      const attempt = { liveId, member: "alice@example.com" }
      assert.deepStrictEqual(yield* recorder.invitations, [attempt, attempt, attempt])
    }).pipe(Effect.provide(Layer.provideMerge(Webinar.layer, scripted)))
  )

  it.effect("knows who signed up before", () =>
    Effect.gen(function* () {
      const webinar = yield* Webinar
      assert.strictEqual(yield* webinar.signUp("alice@example.com"), "new")
      assert.strictEqual(yield* webinar.signUp("Alice@Example.com"), "known")

      const spot = yield* MeltingSpotMemory.MeltingSpot
      const emails = (yield* spot.entries).map(({ participant }) => participant.spotMemberEmail)
      assert.deepStrictEqual(emails, ["alice@example.com"])
    }).pipe(Effect.provide(Layer.provideMerge(Webinar.layer, LiveParticipantsTest.layerMemory())))
  )

  it.effect("gives up while the upstream is down", () =>
    Effect.gen(function* () {
      const webinar = yield* Webinar
      const signUp = yield* Effect.forkChild(Effect.flip(webinar.signUp("alice@example.com")))
      yield* TestClock.adjust("1 minute")
      const error = yield* Fiber.join(signUp)
      assert.strictEqual(error._tag, "UpstreamUnavailable")
    }).pipe(
      Effect.provide(
        Layer.provideMerge(Webinar.layer, LiveParticipantsTest.layerMemory({ faults: [{ status: 503 }] }))
      )
    )
  )
})
