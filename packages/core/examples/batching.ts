/** Fibers that know nothing of each other invite one person each, and the upstream sees one call. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { LiveParticipants } from "@usher/core"
import { Console, Effect, Layer } from "effect"

const liveId = "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10"

const program = Effect.gen(function* () {
  const participants = yield* LiveParticipants.LiveParticipants
  const signUps = ["alice@example.com", "bob@example.com", "carol@example.com"]
  yield* Effect.forEach(
    signUps,
    (member) =>
      participants
        .ensureInvited({ liveId, member })
        .pipe(Effect.andThen(({ _tag }) => Console.log(`${member}: ${_tag}`))),
    { concurrency: "unbounded" }
  )
})

const MeltingSpot = LiveParticipants.layerBatched({ window: "20 millis" }).pipe(
  Layer.provide(LiveParticipants.layerConfig()),
  Layer.provide(NodeHttpClient.layerUndici)
)

program.pipe(Effect.provide(MeltingSpot), NodeRuntime.runMain)
