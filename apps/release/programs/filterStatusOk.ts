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

const participants = (key: typeof secretKey) =>
  Layer.provide(LiveParticipants.layer({ secretKey: key }), Client)

const invite = LiveParticipants.LiveParticipants.use((participants) =>
  participants.ensureInvited({ liveId: "live-1", member: "alice@example.com" })
)

// The middleware fails on each status of 400 and above; the tag still says which it was.
const refused = invite.pipe(
  Effect.provide(participants(Redacted.make("another-key"))),
  Effect.catchTag("Unauthorized", (error) => Effect.succeed(error))
)

const program = Effect.gen(function* () {
  const { _tag } = yield* Effect.provide(invite, participants(secretKey))
  console.log(_tag)
  const error = yield* refused
  console.log(error._tag)
})

await Effect.runPromise(program)
// Prints: Invited
// Prints: Unauthorized
