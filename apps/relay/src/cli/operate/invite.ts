import { Config, Console, Effect, Layer, Option, Result, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { Budget, InviteError, LiveParticipants, Member, Participant } from "@usher/core"
import { Display } from "@usher/admin"
import * as MemberIdPattern from "../../config/MemberIdPattern.ts"
import { environment } from "../../outbound/environment.ts"
import * as Routes from "../../outbound/Routes.ts"
import { Reported } from "../support/exit.ts"
import { usage } from "../support/failure.ts"
import { present } from "../support/filters.ts"
import { invitationFlags, jsonFlag, liveFlag } from "../support/flags.ts"
import { jsonText } from "../support/print.ts"

const encodeParticipant = Schema.encodeSync(Participant.Participant)
const encodeError = Schema.encodeSync(Schema.toCodecJson(InviteError.InviteError))

const describe = (error: InviteError.InviteError | Member.NotAMember) =>
  error._tag === "NotAMember"
    ? { _tag: error._tag, reason: error.reason, message: error.message }
    : Object.assign({}, encodeError(error), { message: error.message })

/** Calls MeltingSpot through the proxy that the environment names. */
const layerEnvironment = Layer.unwrap(
  Effect.gen(function* () {
    const problems: Array<string> = []
    const proxies = yield* environment((reason) => Effect.sync(() => void problems.push(reason)))
    if (problems.length > 0) return yield* usage(problems.join("; "))
    return Routes.layerProxies(proxies)
  })
)

export const invite = Command.make(
  "invite",
  {
    live: liveFlag("The id of the Live"),
    member: Flag.String("member").pipe(
      Flag.withDescription("An email address in any spelling, or a Spot member id")
    ),
    memberId: Flag.String("member-id").pipe(
      Flag.withFallbackConfig(Config.String("MELTINGSPOT_MEMBER_ID")),
      Flag.optional,
      Flag.withDescription(
        "A regular expression for member ids of the Spot that are not UUIDs, as in spots.<name>.memberId"
      )
    ),
    ...invitationFlags,
    json: jsonFlag
  },
  Effect.fnUntraced(function* ({ live: liveId, member: text, memberId, invitedBy, notify, json }) {
    const { invite } = yield* LiveParticipants.LiveParticipants
    const outcome = yield* read(text, memberId).pipe(
      Effect.flatMap((member) =>
        invite({
          liveId,
          member,
          ...present({ invitedBySpotMemberId: invitedBy }),
          ...(notify ? { withEmailNotification: true } : {})
        })
      ),
      Effect.map((participant) => ({
        exit: 0,
        text: `Invited: participant ${participant.id} of Live ${liveId}, ${participant.status}`,
        json: { outcome: "invited", participant: encodeParticipant(participant) }
      })),
      Effect.catchIf(
        (error) => error._tag !== "Failed",
        (error) =>
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
    yield* Console.log(json ? jsonText(outcome.json) : Display.line(outcome.text))
    if (outcome.exit !== 0) return yield* new Reported()
  })
).pipe(
  Command.withDescription("Invite one person to one Live with one direct call"),
  Command.withExamples([
    {
      command: "usher invite --live 3f0c… --member alice@example.com --notify",
      description: "With an email from MeltingSpot. The key is in MELTINGSPOT_SECRET_KEY"
    }
  ]),
  Command.provide(LiveParticipants.layerConfig()),
  Command.provide(Budget.layerUnlimited),
  Command.provide(layerEnvironment)
)

/** Parses `--member`, which names one person. */
const read = Effect.fnUntraced(function* (text: string, pattern: Option.Option<string>) {
  const compiled = Option.isNone(pattern) ? undefined : MemberIdPattern.compile(pattern.value)
  if (compiled !== undefined && Result.isFailure(compiled)) {
    return yield* usage(`--member-id: ${compiled.failure}`)
  }
  const [member = "", ...others] = yield* Effect.fromResult(
    Member.parse(text, { memberId: compiled?.success })
  )
  if (others.length > 0) return yield* usage("--member: several people given. Invite one at a time")
  return member
})
