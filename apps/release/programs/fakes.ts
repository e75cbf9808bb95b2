/** A service of one's own on fakes: a Spot in memory to look into, and errors by script on a clock that does not wait. */
import { InviteError, LiveParticipants } from "@usher/core"
import { LiveParticipantsTest, MeltingSpotMemory } from "@usher/core/testing"
import { Effect, Fiber, Schedule } from "effect"
import { TestClock } from "effect/testing"

const signUp = (member: string) =>
  LiveParticipants.LiveParticipants.use(({ invite }) =>
    invite({ liveId: "live-1", member }).pipe(
      Effect.retry({ while: InviteError.isRetryable, schedule: Schedule.spaced("1 hour"), times: 3 })
    )
  )

const inMemory = Effect.gen(function* () {
  yield* signUp("alice@example.com")
  const { entries } = yield* MeltingSpotMemory.MeltingSpot
  console.log((yield* entries).map(({ participant }) => participant.spotMemberEmail).join())
}).pipe(Effect.provide(LiveParticipantsTest.layerMemory()))

const down = LiveParticipantsTest.fails(
  new InviteError.UpstreamUnavailable({ liveId: "live-1", reason: "Unreachable", mayHaveArrived: false })
)
const byScript = Effect.gen(function* () {
  const waiting = yield* Effect.forkChild(signUp("bob@example.com"))
  yield* TestClock.adjust("2 hours")
  console.log((yield* Fiber.join(waiting)).status)
}).pipe(
  Effect.provide([
    LiveParticipantsTest.layerScripted(...LiveParticipantsTest.times(2, down)),
    TestClock.layer()
  ]),
  Effect.scoped
)

await Effect.runPromise(Effect.andThen(inMemory, byScript))
// Prints: alice@example.com
// Prints: Invited
