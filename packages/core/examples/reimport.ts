/** Invites the guests of a CRM again and again: those who are known cost no call of their own. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { LiveParticipants } from "@usher/core"
import { Console, Effect, Layer, Stream } from "effect"

const liveId = "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10"

const guests = [
  { crmId: 17, email: "alice@example.com" },
  { crmId: 18, email: "bob@example.com" },
  { crmId: 19, email: "nobody" }
]

const program = Effect.gen(function* () {
  const participants = yield* LiveParticipants.LiveParticipants
  const results = participants.inviteRows({
    liveId,
    rows: guests,
    memberOf: (guest) => guest.email,
    listFirst: true
  })
  yield* Stream.runForEach(results, ({ row, result }) => Console.log(`${row.crmId}: ${result._tag}`))
})

const MeltingSpot = LiveParticipants.layerConfig().pipe(Layer.provide(NodeHttpClient.layerUndici))

program.pipe(Effect.provide(MeltingSpot), NodeRuntime.runMain)
