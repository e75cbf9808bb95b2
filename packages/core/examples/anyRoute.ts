/** Calls a route that has no function of its own. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { MeltingSpotClient } from "@usher/core"
import { Console, Effect, Layer, Schema } from "effect"

const Added = Schema.Struct({
  addedSpotMemberIds: Schema.Array(Schema.String),
  failedSpotMemberIds: Schema.Array(Schema.String)
})

const program = Effect.gen(function* () {
  const client = yield* MeltingSpotClient.MeltingSpotClient
  const added = yield* client.call({
    method: "POST",
    path: "/v1/channels/{channelId}/spotMembers~bulkAdd",
    params: { channelId: "channel-1" },
    body: { spotMemberIds: ["member-1", "nobody"] },
    answer: Added
  })
  yield* Console.log(`Added ${added.addedSpotMemberIds.join()}, failed ${added.failedSpotMemberIds.join()}`)
})

const MeltingSpot = MeltingSpotClient.layerConfig().pipe(Layer.provide(NodeHttpClient.layerUndici))

program.pipe(Effect.provide(MeltingSpot), NodeRuntime.runMain)
