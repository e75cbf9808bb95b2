/** A source for MeltingSpot's own webhooks: the participants of one Live are invited to the one that follows it. */
import { MeltingSpotWebhook } from "@usher/core"
import { Source } from "@usher/engine"
import { Secret, Senders } from "@usher/signatures"
import { Config, Effect, Option } from "effect"

/**
 * Each Live and the one that follows it. MeltingSpot reports an invitation of ours as it reports any sign-up, so never
 * map a Live to itself, and let no chain lead back to its start.
 */
const followUps = new Map([["live-1", "live-2"]])

export const followUp = Effect.gen(function* () {
  const secret = yield* Config.Redacted("MELTINGSPOT_WEBHOOK_SECRET")
  return yield* Source.make({
    name: "meltingspot",
    sender: Option.getOrThrow(Senders.get("meltingspot")),
    secrets: [Secret.make(secret)],
    spot: "main",
    schema: MeltingSpotWebhook.LiveParticipantEvent,
    invitations: ({ live, member, test }) => {
      const liveId = followUps.get(live.id)
      if (test === true || liveId === undefined || liveId === live.id) return []
      return [{ liveId, member: member.id }]
    }
  })
})
