/** Lists who was invited, page by page as the stream is read. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { LiveParticipants } from "@usher/core"
import { Console, Effect, Layer, Stream } from "effect"

const liveId = "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10"

const program = Effect.gen(function* () {
  const participants = yield* LiveParticipants.LiveParticipants
  const waiting = participants.list({
    liveId,
    filter: { status: { in: ["Invited", "Accepted"] }, email: { contains: "@example.com" } },
    pageSize: 50
  })
  yield* Stream.runForEach(waiting, ({ spotMemberEmail, status }) =>
    Console.log(`${spotMemberEmail}: ${status}`)
  )
})

const MeltingSpot = LiveParticipants.layerConfig().pipe(Layer.provide(NodeHttpClient.layerUndici))

program.pipe(Effect.provide(MeltingSpot), NodeRuntime.runMain)
