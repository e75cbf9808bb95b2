import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Console, Effect, Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { Budget, type Invitation, InviteError, LiveParticipants, Participant } from "@usher/core"
import { Reported } from "./exit.ts"
import { jsonFlag } from "./shared.ts"

const encodeParticipant = Schema.encodeSync(Participant.Participant)
const encodeError = Schema.encodeSync(Schema.toCodecJson(InviteError.InviteError))

const describe = (error: InviteError.InviteError) =>
  Object.assign({}, encodeError(error), { message: error.message })

export const invite = Command.make(
  "invite",
  {
    live: Flag.String("live").pipe(Flag.withDescription("The id of the Live")),
    member: Flag.String("member").pipe(Flag.withDescription("An email address or a Spot member id")),
    invitedBy: Flag.String("invited-by").pipe(
      Flag.optional,
      Flag.withDescription("The Spot member on whose initiative it is")
    ),
    notify: Flag.Boolean("notify").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Let MeltingSpot send its mail")
    ),
    json: jsonFlag
  },
  Effect.fnUntraced(function* ({ live: liveId, member, invitedBy, notify, json }) {
    const invitation: Invitation.Invitation = {
      liveId,
      member,
      ...Option.match(invitedBy, {
        onNone: () => ({}),
        onSome: (invitedBySpotMemberId) => ({ invitedBySpotMemberId })
      }),
      ...(notify ? { withEmailNotification: true } : {})
    }
    const { invite } = yield* LiveParticipants.LiveParticipants
    const outcome = yield* invite(invitation).pipe(
      Effect.map((participant) => ({
        exit: 0,
        text: `Invited: participant ${participant.id} of Live ${liveId}, ${participant.status}`,
        json: { outcome: "invited", participant: encodeParticipant(participant) }
      })),
      Effect.catch((error) =>
        Effect.succeed(
          error._tag === "AlreadyInvited"
            ? { exit: 0, text: error.message, json: { outcome: "already_invited", liveId } }
            : {
                exit: 1,
                text: `Not invited. ${error.message}`,
                json: { outcome: "failed", error: describe(error) }
              }
        )
      )
    )
    yield* Console.log(json ? JSON.stringify(outcome.json) : outcome.text)
    if (outcome.exit !== 0) return yield* new Reported()
  })
).pipe(
  Command.withDescription("Invite one person to one Live, now and directly"),
  Command.provide(LiveParticipants.LiveParticipants.layerConfig()),
  Command.provide(Budget.Budget.layerUnlimited),
  Command.provide(NodeHttpClient.layerUndici)
)
