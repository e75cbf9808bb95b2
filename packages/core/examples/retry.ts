/** A call is one attempt. When it is tried again is the program's own decision, and an ordinary `Schedule`. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { LiveParticipants, Retry } from "@usher/core"
import { Console, Effect, Layer, Stream } from "effect"

const liveId = "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10"

const program = Effect.gen(function* () {
  const participants = yield* LiveParticipants.LiveParticipants
  const alice = yield* participants
    .ensureInvited({ liveId, member: "alice@example.com" })
    .pipe(Effect.retry(Retry.schedule({ times: 3 })))
  yield* Console.log(`alice@example.com: ${alice._tag}`)

  const others = ["bob@example.com", "carol@example.com"]
  yield* participants
    .inviteMany({ liveId, members: others, perCall: Effect.retry(Retry.schedule()) })
    .pipe(Stream.runForEach(({ member, _tag }) => Console.log(`${member}: ${_tag}`)))
})

const MeltingSpot = LiveParticipants.layerConfig().pipe(Layer.provide(NodeHttpClient.layerUndici))

program.pipe(Effect.provide(MeltingSpot), NodeRuntime.runMain)
