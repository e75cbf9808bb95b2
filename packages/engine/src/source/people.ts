/** Finds the people in the texts of a mapping. Reports invalid texts without quoting them. */
import { Result, Schema } from "effect"
import { Invitation, Member } from "@usher/core"
import type { Mapped } from "../ports/Mapped.ts"

type Refused = ReadonlyMap<Member.Reason, number>

interface People {
  readonly members: ReadonlyArray<string>
  /** The number of texts that name nobody, by reason. */
  readonly refused: Refused
}

/** One text can contain a list of people. */
export const read = (texts: ReadonlyArray<string>, memberId: RegExp | undefined): People => {
  const members = new Set<string>()
  const refused = new Map<Member.Reason, number>()
  for (const text of texts) {
    Result.match(Member.parse(text, { memberId }), {
      onSuccess: (found) => {
        for (const member of found) members.add(member)
      },
      onFailure: ({ reason }) => refused.set(reason, (refused.get(reason) ?? 0) + 1)
    })
  }
  return { members: [...members], refused }
}

const total = (refused: Refused, others: number) =>
  [...refused.values()].reduce((sum, count) => sum + count, others)

const kinds = (refused: Refused, others: number): string =>
  [
    ...[...refused].map(([reason, count]) => [count, Member.sayings[reason]] as const),
    ...(others === 0 ? [] : [[others, "no text"] as const])
  ]
    .map(([count, saying]) => `${count} ${count === 1 ? "is" : "are"} ${saying}`)
    .join(", ")

/** Describes values that name nobody. */
export const nobodyIn = (refused: Refused, others: number): string => {
  const [only] = refused.keys()
  return only !== undefined && total(refused, others) === 1
    ? `a text that is ${Member.sayings[only]}`
    : `${total(refused, others)} values that name nobody: ${kinds(refused, others)}`
}

/** Describes values that name nobody beside valid ones. Empty if there are none. */
export const leftOut = (refused: Refused, others: number): ReadonlyArray<string> => {
  const all = total(refused, others)
  return all === 0
    ? []
    : [`member: ${all} of the values ${all === 1 ? "names" : "name"} nobody: ${kinds(refused, others)}`]
}

interface Terms {
  readonly liveId: string
  readonly invitedBySpotMemberId?: string | undefined
  readonly withEmailNotification?: boolean | undefined
}

/** The invitation of a member on these terms. Fields that are undefined are omitted. */
export const withMember = (
  { liveId, invitedBySpotMemberId: inviter, withEmailNotification: notify }: Terms,
  member: string
): Invitation.Invitation => ({
  liveId,
  member,
  ...(inviter === undefined ? {} : { invitedBySpotMemberId: inviter }),
  ...(notify === undefined ? {} : { withEmailNotification: notify })
})

const isInvitation = Schema.is(Invitation.Invitation)

/** A program's mapping can return anything, and no database index holds an id of any length. */
const isStorable = (invitation: Invitation.Invitation): boolean =>
  isInvitation(invitation) && invitation.liveId.length <= 500

/** Validates the invitations of a program's mapping like those of rules. */
export const readable = (mapped: Mapped, memberId: RegExp | undefined): Mapped => {
  if (mapped.status !== "mapped") return mapped
  const refused = new Map<Member.Reason, number>()
  let unsound = 0
  const invitations = mapped.invitations.flatMap((invitation) => {
    if (typeof invitation?.member !== "string") return (unsound++, [])
    const found = Member.parse(invitation.member, { memberId })
    if (Result.isFailure(found)) {
      const { reason } = found.failure
      return (refused.set(reason, (refused.get(reason) ?? 0) + 1), [])
    }
    const sound = found.success.map((member) => withMember(invitation, member)).filter(isStorable)
    if (sound.length === 0) unsound++
    return sound
  })
  const reasons = [
    ...(unsound === 0 ? [] : ["the mapping returned an invalid invitation"]),
    ...(refused.size === 0 ? [] : [`the mapping returned ${nobodyIn(refused, 0)}`])
  ]
  if (invitations.length === 0) return { status: "unmappable", reason: reasons.join("; ") }
  const all = [...(mapped.reason === null ? [] : [mapped.reason]), ...reasons]
  return { ...mapped, invitations, reason: all.length === 0 ? null : all.join("; ") }
}
