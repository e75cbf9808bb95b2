/** The bulk call, and the validation of its members and of the fields that they share. */
import { Effect, Schema } from "effect"
import { Invitation, isAddress, Member, memberKey } from "../Invitation.ts"
import type { BulkInvitationPayload } from "../InvitationPayload.ts"
import type { LiveParticipants } from "./service.ts"
import type { BulkRefusal } from "./answer.ts"
import type { Listed } from "./answerOfMany.ts"
import { malformed } from "./invitation.ts"
import type { Wrap } from "./perCall.ts"
import { withoutAddresses } from "./redact.ts"

const { member: _, ...occasion } = Invitation.fields

/** The fields of an invitation that the members of one call share. */
const Occasion = Schema.Struct(occasion)

/** The calls of a batch. */
export interface Calls {
  readonly one: LiveParticipants["Service"]["invite"]
  /** Absent if there are only single calls. */
  readonly many?: (
    invitation: BulkInvitationPayload & { readonly liveId: string }
  ) => Effect.Effect<Listed, BulkRefusal>
  /** `perCall` wraps each of its calls. */
  readonly list: (perCall: Wrap) => LiveParticipants["Service"]["list"]
}

const decodeFields = Schema.decodeUnknownEffect(Occasion)

/** Without the fields that are undefined. */
export const decodeOccasion = (batch: unknown) =>
  Effect.map(
    decodeFields(batch),
    ({ liveId, invitedBySpotMemberId: inviter, withEmailNotification: notify }) => ({
      liveId,
      ...(inviter === undefined ? {} : { invitedBySpotMemberId: inviter }),
      ...(notify === undefined ? {} : { withEmailNotification: notify })
    })
  )

const decodeMember = Schema.decodeUnknownEffect(Member)

/** One call without chunks, confirmations or halving. */
export const inviteBulk = (many: NonNullable<Calls["many"]>): LiveParticipants["Service"]["inviteBulk"] =>
  Effect.fn("LiveParticipants.inviteBulk")(function* ({ members, ...batch }) {
    yield* Effect.annotateCurrentSpan({
      "live.id": withoutAddresses(batch.liveId),
      "batch.size": members.length
    })
    const refuse = malformed(batch.liveId)
    const occasion = yield* Effect.mapError(decodeOccasion(batch), refuse)
    yield* Effect.forEach(members, (member) => Effect.mapError(decodeMember(member), refuse), {
      discard: true
    })
    const listed = yield* many({ ...occasion, members: byKind(members) })
    return members.map((member) => listed.get(memberKey(member)))
  })

export const byKind = (members: ReadonlyArray<string>): BulkInvitationPayload["members"] => {
  const emails = members.filter(isAddress)
  const spotMemberIds = members.filter((member) => !isAddress(member))
  return {
    ...(spotMemberIds.length === 0 ? {} : { spotMemberIds }),
    ...(emails.length === 0 ? {} : { emails })
  }
}
