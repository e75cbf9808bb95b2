/** A `LiveParticipants` before a MeltingSpot in memory, and the requests that it made. */
import { Effect, Layer, Redacted, Schema } from "effect"
import { HttpClient } from "effect/http"
import { Budget, LiveParticipants } from "../src/index.ts"
import { MeltingSpotMemory, MeltingSpotServer } from "../src/testing.ts"

const decodeBody = Schema.decodeUnknownSync(
  Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
)

export const recorded = Effect.gen(function* () {
  const urls: Array<string> = []
  const bodies: Array<Readonly<Record<string, unknown>>> = []
  const secretKey = Redacted.make("k")
  const spot = MeltingSpotServer.layerHttpClient(secretKey).pipe(Layer.provide(MeltingSpotMemory.layer()))
  const client = HttpClient.tapRequest(
    yield* Effect.provide(HttpClient.HttpClient, yield* Layer.build(spot)),
    ({ url, body }) =>
      Effect.sync(() => {
        urls.push(url)
        if (body._tag === "Uint8Array") bodies.push(decodeBody(new TextDecoder().decode(body.body)))
      })
  )
  const participants = yield* LiveParticipants.make({ secretKey, baseUrl: "http://upstream" }).pipe(
    Effect.provideService(HttpClient.HttpClient, client),
    Effect.provide(Budget.layerUnlimited)
  )
  return { participants, urls, bodies }
})
