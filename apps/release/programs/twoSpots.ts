/** Two Spots with a key and a budget each: that of one is used up, and the other goes on at once. */
import { Budget, LiveParticipants } from "@usher/core"
import { MeltingSpotMemory, MeltingSpotServer } from "@usher/core/testing"
import { Context, Duration, Effect, Fiber, Layer, Redacted } from "effect"

class Berlin extends Context.Service<Berlin, LiveParticipants.LiveParticipants["Service"]>()("app/Berlin") {}
class Paris extends Context.Service<Paris, LiveParticipants.LiveParticipants["Service"]>()("app/Paris") {}

const oneAnHour = [{ calls: 1, window: Duration.hours(1) }]

const participants = (key: string) => {
  const secretKey = Redacted.make(key)
  return LiveParticipants.make({ secretKey }).pipe(
    Effect.provide(MeltingSpotServer.layerHttpClient(secretKey), { local: true })
  )
}

const Spots = Layer.mergeAll(
  Layer.effect(Berlin, participants("key-of-berlin")),
  Layer.effect(Paris, participants("key-of-paris"))
).pipe(
  Layer.provide(MeltingSpotMemory.layer()),
  // One layer for both: it counts by key.
  Layer.provide(Budget.layerMemoryLimits(oneAnHour))
)

const program = Effect.gen(function* () {
  const berlin = yield* Berlin
  const paris = yield* Paris
  yield* berlin.invite({ liveId: "live-1", member: "alice@example.com" })
  const second = yield* Effect.forkChild(berlin.invite({ liveId: "live-1", member: "bob@example.com" }))
  const { spotMemberEmail } = yield* paris.invite({ liveId: "live-2", member: "carol@example.com" })
  console.log(spotMemberEmail, second.pollUnsafe() === undefined ? "Berlin waits" : "Berlin does not wait")
  yield* Fiber.interrupt(second)
})

await Effect.runPromise(Effect.provide(program, Spots))
// Prints: carol@example.com Berlin waits
