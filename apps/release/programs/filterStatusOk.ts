/** An `HttpClient` of the program's own, with the middleware that many programs share. */
import { LiveParticipants } from "@usher/core"
import { MeltingSpotMemory, MeltingSpotServer } from "@usher/core/testing"
import { Effect, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"

const secretKey = Redacted.make("the-key-of-the-spot")

const Client = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(HttpClient.HttpClient, HttpClient.filterStatusOk)
).pipe(Layer.provide(MeltingSpotServer.layerHttpClient(secretKey)), Layer.provide(MeltingSpotMemory.layer()))

const program = Effect.gen(function* () {
  const participants = yield* LiveParticipants.LiveParticipants
  const alice = yield* participants.invite({ liveId: "live-1", member: "alice@example.com" })
  console.log(alice.spotMemberEmail)
})

const Participants = LiveParticipants.layer({ secretKey }).pipe(Layer.provide(Client))
await Effect.runPromise(Effect.provide(program, Participants))
// Prints: alice@example.com
