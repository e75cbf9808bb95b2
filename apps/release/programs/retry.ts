/** A retry of one's own, around an invitation and an error of the program's own. */
import { InviteError, LiveParticipants } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { Duration, Effect, Schedule, Schema } from "effect"

class Unregistered extends Schema.TaggedError<Unregistered>()("Unregistered", {}) {}

const patiently = Schedule.exponential("10 millis").pipe(
  Schedule.upTo({ times: 5 }),
  Schedule.setInputType<InviteError.InviteError>(),
  Schedule.while(({ input }) => InviteError.isRetryable(input)),
  Schedule.modifyDelay(({ input, duration }) =>
    Effect.succeed(Duration.max(duration, InviteError.retryAfter(input) ?? Duration.zero))
  )
)

const signUp = Effect.fn("signUp")(function* (member: string) {
  if (member === "") return yield* new Unregistered()
  const participants = yield* LiveParticipants.LiveParticipants
  return yield* participants.invite({ liveId: "live-1", member }).pipe(Effect.retry(patiently))
})

const busy = LiveParticipantsTest.fails(
  new InviteError.RateLimited({ liveId: "live-1", retryAfter: Duration.millis(50) })
)
const program = Effect.gen(function* () {
  const { status } = yield* signUp("alice@example.com")
  const { invitations } = yield* LiveParticipantsTest.Recorder
  console.log(status, (yield* invitations).length)
})
const Scripted = LiveParticipantsTest.layerScripted(...LiveParticipantsTest.times(2, busy))
await Effect.runPromise(Effect.provide(program, Scripted))
// Prints: Invited 3
