/** Invites one person. Run it with MELTINGSPOT_SECRET_KEY in the environment, as often as you like. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { LiveParticipants } from "@usher/core"
import { Console, Effect, Layer } from "effect"

const liveId = "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10"

const program = Effect.gen(function* () {
  const participants = yield* LiveParticipants.LiveParticipants
  const alice = yield* participants.ensureInvited({ liveId, member: "alice@example.com" })
  yield* Console.log(`alice@example.com: ${alice._tag}`)
})

const MeltingSpot = LiveParticipants.layerConfig().pipe(Layer.provide(NodeHttpClient.layerUndici))

program.pipe(Effect.provide(MeltingSpot), NodeRuntime.runMain)
