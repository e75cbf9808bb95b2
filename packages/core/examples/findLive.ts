/** Finds a Live by its title, and invites one person to it. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { LiveParticipants, Lives } from "@usher/core"
import { Console, Effect, Layer, Stream } from "effect"

const program = Effect.gen(function* () {
  const lives = yield* Lives.Lives
  const participants = yield* LiveParticipants.LiveParticipants

  const planned = lives.list({ filter: { status: { eq: "Planned" } } })
  yield* Stream.runForEach(planned, ({ id, title }) => Console.log(`${id}: ${title}`))

  const found = yield* lives.findByTitle("Product launch")
  const live = found.find(({ status }) => status !== "Ended")
  if (live === undefined) return yield* Console.log("There is no such Live to come")
  const grace = yield* participants.invite({ liveId: live.id, member: "grace@example.com" })
  yield* Console.log(`${grace.spotMemberEmail} is ${grace.status}`)
})

const MeltingSpot = Layer.mergeAll(Lives.layerConfig(), LiveParticipants.layerConfig()).pipe(
  Layer.provide(NodeHttpClient.layerUndici)
)

program.pipe(Effect.provide(MeltingSpot), NodeRuntime.runMain)
