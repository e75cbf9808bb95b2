/** Compares the stored invitations of a webhook with those that a mapping makes of it. */
import { Invitation } from "@usher/core"
import type { StoredInvitation } from "@usher/model/Invitation"
import type { Webhook } from "@usher/model/Webhook"
import { withMember } from "../source/people.ts"

/** The stored invitations of a webhook. True for those that it created: it only requested the others, too. */
type Known = ReadonlyMap<Invitation.Invitation, boolean>

/** Forgotten people are skipped. */
export const known = (stored: ReadonlyArray<StoredInvitation>, { id, source }: Webhook): Known =>
  new Map(
    stored.flatMap((invitation) => {
      if (invitation.member === null) return []
      const isOwn = invitation.source === source && invitation.webhookIds[0] === id
      return [[withMember(invitation, invitation.member), isOwn]]
    })
  )

interface Changes {
  readonly appear: ReadonlyArray<Invitation.Invitation>
  readonly disappear: ReadonlyArray<Invitation.Invitation>
  readonly differ: ReadonlyArray<{
    readonly before: Invitation.Invitation
    readonly after: Invitation.Invitation
  }>
}

/** Pairs invitations of the same person: first for the same Live, then for another one. */
export const compare = (stored: Known, wanted: ReadonlyArray<Invitation.Invitation>): Changes => {
  const left = new Set(stored.keys())
  const match = (
    invitations: ReadonlyArray<Invitation.Invitation>,
    keyOf: (invitation: Invitation.Invitation) => string
  ) => {
    const byKey = Map.groupBy(left, keyOf)
    return invitations.map((after) => {
      const before = byKey.get(keyOf(after))?.shift()
      if (before !== undefined) left.delete(before)
      return { before, after }
    })
  }
  const sameLive = match(wanted, ({ liveId, member }) =>
    JSON.stringify([liveId, Invitation.memberKey(member)])
  )
  const elsewhere = match(
    sameLive.flatMap(({ before, after }) => (before === undefined ? [after] : [])),
    ({ member }) => Invitation.memberKey(member)
  )
  const pairs = [...sameLive, ...elsewhere].flatMap(({ before, after }) =>
    before === undefined ? [] : [{ before, after }]
  )
  return {
    appear: elsewhere.flatMap(({ before, after }) => (before === undefined ? [after] : [])),
    disappear: [...left],
    differ: pairs.filter(
      ({ before, after }) =>
        before.liveId !== after.liveId ||
        (stored.get(before) === true &&
          (before.invitedBySpotMemberId !== after.invitedBySpotMemberId ||
            before.withEmailNotification !== after.withEmailNotification))
    )
  }
}
