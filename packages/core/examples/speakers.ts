/** Finds members by address, invites them as speakers, and puts them into a group. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Groups, Participant, Speakers, SpotMembers } from "@usher/core"
import { Array, Console, Effect, Layer } from "effect"

const program = Effect.gen(function* () {
  const members = yield* SpotMembers.SpotMembers
  const speakers = yield* Speakers.Speakers
  const groups = yield* Groups.Groups

  const found = yield* Effect.forEach(["ada@example.com", "nobody@example.com"], members.findByAddress)
  const spotMemberIds = Array.getSomes(found).map(({ id }) => id)

  const answers = yield* speakers.inviteBulk({ liveId: "live-1", spotMemberIds, highlighted: true })
  for (const answer of answers) {
    if (answer instanceof Participant.Participant) {
      yield* Console.log(`${answer.spotMemberEmail}: ${answer.type}`)
    }
  }

  const { addedSpotMemberIds } = yield* groups.addMany("group-2", spotMemberIds)
  yield* Console.log(`In the group now: ${addedSpotMemberIds.join(", ")}`)
})

const MeltingSpot = Layer.mergeAll(
  SpotMembers.layerConfig(),
  Speakers.layerConfig(),
  Groups.layerConfig()
).pipe(Layer.provide(NodeHttpClient.layerUndici))

program.pipe(Effect.provide(MeltingSpot), NodeRuntime.runMain)
