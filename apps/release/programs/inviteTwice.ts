/** Invites one person twice: the second time is not a failure of the program. */
import { LiveParticipants } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { Effect } from "effect"

const invite = LiveParticipants.LiveParticipants.use((participants) =>
  participants
    .invite({ liveId: "live-1", member: "alice@example.com" })
    .pipe(Effect.catchTag("AlreadyInvited", ({ _tag }) => Effect.succeed({ status: _tag })))
)

const program = Effect.all([invite, invite])
const answers = await Effect.runPromise(Effect.provide(program, LiveParticipantsTest.layerMemory()))
console.log(answers.map(({ status }) => status).join(" "))
// Prints: Invited AlreadyInvited
