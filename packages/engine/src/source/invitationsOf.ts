/** Makes the invitations of a webhook from the values of its rules, or says why there are none. */
import { Schema } from "effect"
import { Invitation } from "@usher/core"
import type { Mapped } from "../ports/Mapped.ts"
import type { Field, Found } from "./expressions/protocol.ts"
import { leftOut, nobodyIn, read } from "./people.ts"
import type { Rules } from "./rules.ts"

/** The maximum number of invitations per webhook. More are a mistake. */
const maxInvitations = 10_000

/** What the rules make of the values that their expressions returned. `memberId`: the form of the Spot's member ids. */
export const invitationsOf = (
  rules: Rules,
  found: Partial<Record<Field, Found>>,
  memberId: RegExp | undefined
): Mapped => {
  if (rules.when !== undefined && found.when?.truth !== true) {
    return { status: "ignored", reason: `when: the filter ${rules.when.expr} returned no` }
  }
  const lives = foundBy(rules.live, found.live)
  const members = foundBy(rules.member, found.member)
  const nobody = whyNobody(rules, lives, members)
  if (nobody !== undefined) return nobody
  const ids = lives.texts.filter(isLiveId)
  if (ids.length === 0) return unmappable(`live: ${textOf(rules.live)} returns no id of a Live`)
  const people = read(members.texts, memberId)
  if (people.members.length === 0) {
    return unmappable(`member: ${textOf(rules.member)} returns ${nobodyIn(people.refused, members.others)}`)
  }
  if (ids.length * people.members.length > maxInvitations) {
    return unmappable(
      `${people.members.length} people for ${ids.length} Lives exceed the limit of ${maxInvitations} invitations`
    )
  }
  const inviter = foundBy(rules.invitedBy, found.invitedBy).texts[0]
  const notified = typeof rules.notify === "boolean" ? rules.notify : found.notify?.truth
  const options = {
    ...(inviter === undefined ? {} : { invitedBySpotMemberId: inviter }),
    ...(notified === undefined || notified === null ? {} : { withEmailNotification: notified })
  }
  const invitations = ids.flatMap((liveId) =>
    people.members.map((member) => ({ liveId, member, ...options }))
  )
  const noLives = lives.others + lives.texts.length - ids.length
  const reasons = [
    ...leftOut(people.refused, members.others),
    ...(noLives === 0
      ? []
      : [`live: ${noLives} of the values ${noLives === 1 ? "is" : "are"} no id of a Live`])
  ]
  return { status: "mapped", invitations, reason: reasons.length === 0 ? null : reasons.join("; ") }
}

const isLiveId = Schema.is(Invitation.LiveId)

const unmappable = (reason: string): Mapped => ({ status: "unmappable", reason })

const textOf = (rule: Rules["live"]) => (typeof rule === "string" ? rule : rule.expr)

const nothing: Found = { texts: [], others: 0, truth: null, none: false }

const foundBy = (rule: Rules["live"] | undefined, found: Found = nothing): Found =>
  typeof rule === "string" ? { ...nothing, texts: [rule] } : found

/** An empty array means nobody. A missing value is a failure. */
const whyNobody = (rules: Rules, lives: Found, members: Found): Mapped | undefined => {
  for (const [field, { texts, others, none }] of [
    ["member", members],
    ["live", lives]
  ] as const) {
    if (texts.length > 0) continue
    const said = `${field}: ${textOf(rules[field])} returns`
    if (none) return { status: "ignored", reason: `${said} an empty list` }
    return { status: "unmappable", reason: `${said} ${others > 0 ? "no text" : "nothing"}` }
  }
  return undefined
}
