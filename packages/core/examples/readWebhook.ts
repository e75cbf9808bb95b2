/** Reads the body of a webhook that MeltingSpot sent, once its signature is verified. */
import { MeltingSpotWebhook } from "@usher/core"
import { Console, DateTime, Effect, Schema } from "effect"

const body = `{
  "live": { "id": "live-1", "name": "Product launch" },
  "liveParticipant": { "status": "Invited" },
  "member": { "id": "member-1", "email": "ada@example.com", "firstname": "Ada", "status": "Accepted" },
  "occurredAt": 1715095714,
  "spot": { "id": "spot-1", "name": "Our Spot" }
}`

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(MeltingSpotWebhook.Event))

const program = Effect.gen(function* () {
  const event = yield* decode(body)
  if ("liveParticipant" in event) {
    const { live, liveParticipant, occurredAt } = event
    yield* Console.log(`${liveParticipant.status} to ${live.name} at ${DateTime.formatIso(occurredAt)}`)
  }
})

await Effect.runPromise(program)
