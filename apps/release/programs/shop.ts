/** What the relays of these programs share: a ticket shop that sends its orders, and the Spot that it invites to. */
import { MeltingSpotMemory, MeltingSpotServer } from "@usher/core/testing"
import { Mapping, Source } from "@usher/engine"
import { Secret, Senders } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import { DateTime, Effect, Layer, Logger, Option, Redacted, Schema } from "effect"

const sender = Option.getOrThrow(Senders.get("standard-webhooks"))
const secret = `whsec_${btoa("the secret of the ticket shop")}`
const secretKey = Redacted.make("the-key-of-the-spot")

const spot = MeltingSpotMemory.make({})

/** Answers the calls of the relay from memory. */
export const Upstream = MeltingSpotServer.layerHttpClient(secretKey).pipe(
  Layer.provide(Layer.succeed(MeltingSpotMemory.MeltingSpot, spot)),
  // Nothing but what the program prints.
  Layer.provideMerge(Logger.layer([]))
)

const Order = Schema.Struct({ guests: Schema.Array(Schema.String) })

const typed = Source.make({
  name: "typed",
  sender,
  secrets: [Secret.make(Redacted.make(secret))],
  spot: "main",
  schema: Order,
  version: "1",
  invitations: ({ guests }) => guests.map((member) => ({ liveId: "live-1", member }))
})

const expressions = Effect.flatMap(Mapping.make({ live: "live-1", member: { expr: "guests" } }), (mapping) =>
  Source.make({
    name: "expressions",
    sender,
    secrets: [Secret.make(Redacted.make(secret))],
    spot: "main",
    mapping
  })
)

/** Received at `/webhooks/typed` and `/webhooks/expressions`. */
export const shop = { sources: [typed, expressions], spots: { main: { secretKey } } }

/** An order, signed as Standard Webhooks says, to be posted. */
export const order = (...guests: ReadonlyArray<string>): Promise<RequestInit> =>
  Effect.gen(function* () {
    const body = JSON.stringify({ guests })
    const at = yield* DateTime.now
    const { headers } = yield* sign(sender, { secret, id: `msg_${guests.length}`, body, at })
    return { method: "POST", headers: { ...headers, "content-type": "application/json" }, body }
  }).pipe(Effect.runPromise)

/** Waits until so many people are invited, and says who they are. */
export const invited = (count: number): Promise<string> => {
  const emails = Effect.map(spot.entries, (entries) =>
    entries.map(({ participant }) => participant.spotMemberEmail).toSorted()
  )
  return Effect.runPromise(
    Effect.repeat(Effect.delay(emails, "10 millis"), { until: (all) => all.length >= count })
  ).then((all) => all.join(" "))
}
