/** A call is one attempt. When it is tried again is the program's own decision, and an ordinary `Schedule`. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Budget, InviteError, LiveParticipants } from "@usher/core"
import { Console, Duration, Effect, Layer, Schedule, Stream } from "effect"

const liveId = "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10"

/** Backs off, never comes back earlier than the upstream asks, and leaves alone what a retry can't mend. */
const patiently = Schedule.exponential("250 millis").pipe(
  Schedule.jittered,
  Schedule.upTo({ times: 5 }),
  Schedule.setInputType<InviteError.InviteError>(),
  Schedule.while(({ input }) => InviteError.isRetryable(input)),
  Schedule.modifyDelay(({ input, duration }) =>
    Effect.succeed(Duration.max(duration, InviteError.retryAfter(input) ?? Duration.zero))
  )
)

const program = Effect.gen(function* () {
  const participants = yield* LiveParticipants.LiveParticipants
  const alice = yield* participants
    .invite({ liveId, member: "alice@example.com" })
    .pipe(Effect.retry(patiently))
  yield* Console.log(`${alice.spotMemberEmail} is ${alice.status}`)

  const others = ["bob@example.com", "carol@example.com"]
  yield* participants
    .inviteMany({ liveId, members: others, perCall: Effect.retry(patiently) })
    .pipe(Stream.runForEach(({ member, _tag }) => Console.log(`${member}: ${_tag}`)))
})

const MeltingSpot = LiveParticipants.layerConfig().pipe(
  Layer.provide([Budget.layerMemory, NodeHttpClient.layerUndici])
)

program.pipe(Effect.provide(MeltingSpot), NodeRuntime.runMain)
