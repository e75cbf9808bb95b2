/** Somebody who is invited already is no failure to most programs: their error is caught by its tag. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { LiveParticipants } from "@usher/core"
import { Console, Effect, Layer } from "effect"

const liveId = "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10"

const welcome = Effect.fn("welcome")(function* (member: string) {
  const participants = yield* LiveParticipants.LiveParticipants
  return yield* participants.invite({ liveId, member }).pipe(
    Effect.as("Your invitation is on its way"),
    Effect.catchTag("AlreadyInvited", () => Effect.succeed("You are on the list already"))
  )
})

const program = Effect.gen(function* () {
  yield* Console.log(yield* welcome("alice@example.com"))
  yield* Console.log(yield* welcome("alice@example.com"))
})

const MeltingSpot = LiveParticipants.layerConfig().pipe(Layer.provide(NodeHttpClient.layerUndici))

program.pipe(Effect.provide(MeltingSpot), NodeRuntime.runMain)
