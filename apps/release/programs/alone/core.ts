/** Invites somebody to a Live of a Spot in memory. */
import { LiveParticipants } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { Console, Effect } from "effect"

const program = Effect.gen(function* () {
  const participants = yield* LiveParticipants.LiveParticipants
  const { status } = yield* participants.invite({ liveId: "live-1", member: "alice@example.com" })
  yield* Console.log(status)
})

await Effect.runPromise(Effect.provide(program, LiveParticipantsTest.layerMemory()))
// Prints: Invited
