/** Somebody else's program: type-checked against the packed declarations and run over the packed JavaScript. */
import { LiveParticipants } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { Console, Effect } from "effect"

const program = Effect.gen(function* () {
  const participants = yield* LiveParticipants.LiveParticipants
  const { status } = yield* participants.invite({ liveId: "live-1", member: "alice@example.com" })
  yield* Console.log(status)
})

await Effect.runPromise(Effect.provide(program, LiveParticipantsTest.layerMemory()))
