/** Several Spots in one program: a `LiveParticipants` for each, made when it is first used, each with its own budget. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { LiveParticipants, MeltingSpotConfig } from "@usher/core"
import { Console, Effect, LayerMap } from "effect"

const liveId = "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10"

/** By name: `ACME` reads its key from `ACME_SECRET_KEY`. */
class Spots extends LayerMap.Service<Spots>()("example/Spots", {
  lookup: (name: string) =>
    LiveParticipants.layerConfig({
      ...MeltingSpotConfig.config,
      secretKey: MeltingSpotConfig.secretKey(`${name}_SECRET_KEY`)
    }),
  dependencies: [NodeHttpClient.layerUndici]
}) {}

const invite = (member: string) =>
  LiveParticipants.LiveParticipants.use(({ ensureInvited }) => ensureInvited({ liveId, member }))

const program = Effect.gen(function* () {
  const alice = yield* Effect.provide(invite("alice@example.com"), Spots.get("ACME"))
  const bob = yield* Effect.provide(invite("bob@example.com"), Spots.get("GLOBEX"))
  yield* Console.log(`alice@example.com: ${alice._tag}, bob@example.com: ${bob._tag}`)
})

program.pipe(Effect.provide(Spots.layer), NodeRuntime.runMain)
