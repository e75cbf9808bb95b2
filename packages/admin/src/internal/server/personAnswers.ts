/** Answers whether a person was invited: one sentence for each Live, and for each delivery that invited them to nothing. */
import { DateTime } from "effect"
import type { Mentions, SourcePauses } from "@usher/engine"
import type { StoredInvitation } from "@usher/model/Invitation"
import type { Webhook } from "@usher/model/Webhook"
import { type Answer, sorted } from "../../People.ts"
import type { NameOf } from "./liveNames.ts"
import { isRenewed, type Told } from "./story.ts"
import type { WhyWaiting } from "./waiting.ts"

type PausedSources = ReadonlyMap<string, Pick<SourcePauses.Paused, "reason">>

/** What is known of a person. */
export interface Facts {
  readonly records: ReadonlyArray<Told>
  /** Webhooks that name the person and did not invite them. */
  readonly webhooks: ReadonlyArray<Webhook>
  /** The ids of those webhooks that have invitations, of other people. */
  readonly invitedOthers: ReadonlySet<string>
  /** Deliveries in quarantine that name the person. */
  readonly refused: Mentions.Mentions["refused"]
  readonly nameOf: NameOf
  readonly whyWaiting: WhyWaiting
  /** By the name of the source. */
  readonly paused: PausedSources
  /** When the person was forgotten; null if they were not, or have signed up since. */
  readonly forgottenAt: DateTime.Utc | null
}

export const answersOf = (facts: Facts): ReadonlyArray<Answer> => {
  const { records, webhooks, refused } = facts
  return sorted([
    ...records.map((told) => ofInvitation(told, facts)),
    ...webhooks.map((webhook) => ofWebhook(webhook, facts)),
    ...refused.map(ofRefused)
  ])
}

const ofInvitation = (told: Told, facts: Facts): Answer => {
  const { forgottenAt: at } = facts
  const { verdict, text, ...answer } = invited(told, facts)
  if (told.invitation.member !== null || at === null) return { ...answer, verdict, text }
  const then =
    verdict === "yes" ? `They had been invited to the Live ${facts.nameOf(told.invitation)} before.` : text
  const date = DateTime.formatIsoDateUtc(at)
  return { ...answer, at, verdict: "forgotten", text: `The person was forgotten on ${date}. ${then}` }
}

const invited = ({ invitation, attempts }: Told, { nameOf, whyWaiting }: Facts): Answer => {
  const { id: invitationId, spot, liveId, createdAt, settledAt, status } = invitation
  const live = `the Live ${nameOf(invitation)}`
  const common = { at: settledAt ?? createdAt, invitationId, spot, liveId }
  switch (status) {
    case "invited":
      return { ...common, verdict: "yes", text: `Invited to ${live}.` }
    case "already_invited":
      return { ...common, verdict: "yes", text: `MeltingSpot had already invited them to ${live}.` }
    case "sending":
      return { ...common, verdict: "not_yet", text: `The call for ${live} is under way.` }
    case "pending": {
      const { cause, until } = whyWaiting(invitation)
      const text = `The invitation to ${live} waits ${cause ?? ownCause(invitation, attempts)}.`
      return { ...common, verdict: "not_yet", text, ...(until === null ? {} : { until }) }
    }
    default: {
      const text = `The invitation to ${live} ${endings[status]}${causeOf(invitation)}`
      const reason =
        status === "rejected" || status === "exhausted" ? reasonOf(invitation, attempts) : undefined
      return { ...common, verdict: "no", text: reason === undefined ? `${text}.` : `${text}: ${reason}` }
    }
  }
}

const ownCause = (invitation: StoredInvitation, attempts: Told["attempts"]): string => {
  const { requestedAt } = invitation
  const recent = attempts.filter(({ startedAt }) => DateTime.isGreaterThanOrEqualTo(startedAt, requestedAt))
  // The attempts before a replay have ended.
  if (isRenewed(invitation) && recent.length === 0) return "for its turn"
  const reason = reasonOf(invitation, attempts)
  return reason === undefined ? "for its turn" : `for its next attempt: ${reason}`
}

const endings = {
  rejected: "was rejected",
  exhausted: "failed, and is not retried",
  expired: "expired before it was sent",
  cancelled: "was canceled",
  corrupt: "can't be read, and was set aside"
}

/** Why an invitation ended without an attempt, where that is known. */
const causeOf = ({ status, liveDeadline, cancelledBy }: StoredInvitation): string => {
  if (status === "expired") return liveDeadline === undefined ? "" : ", because the Live had begun"
  if (status !== "cancelled") return ""
  return cancelledBy === undefined ? ", because the person was forgotten" : ` by operator ${cancelledBy}`
}

const reasonOf = ({ lastError }: StoredInvitation, attempts: Told["attempts"]): string | undefined =>
  attempts.findLast(({ error }) => error !== null)?.error?.message ?? lastError ?? undefined

const ofWebhook = (
  { id, source, status, reason, receivedAt: at }: Webhook,
  { paused, invitedOthers }: Facts
): Answer => {
  const common = { at, webhookId: id }
  const pause = paused.get(source)
  if (status === "held" || (status === "received" && pause !== undefined)) {
    const why = pause?.reason == null ? "" : `: ${pause.reason}`
    const text = `A webhook from ${source} waits while the source is paused${why}.`
    return { ...common, verdict: "not_yet", text }
  }
  switch (status) {
    case "received":
      return { ...common, verdict: "not_yet", text: `A webhook from ${source} waits for its mapping.` }
    case "mapped":
      return invitedOthers.has(id)
        ? {
            ...common,
            verdict: "no",
            text: `A webhook from ${source} names them, but all its invitations are for other people${reason === null ? "." : `: ${reason}`}`
          }
        : {
            ...common,
            verdict: "unknown",
            text: `A webhook from ${source} names them, but its invitations were purged.`
          }
    default:
      return {
        ...common,
        verdict: "no",
        text: `A webhook from ${source} created no invitation: ${reason ?? "unknown reason"}`
      }
  }
}

const ofRefused = ({ id, source, lastAt: at, message }: Facts["refused"][number]): Answer => ({
  at,
  quarantinedId: id,
  verdict: "no",
  text: `A delivery from ${source} was refused and is in quarantine: ${message}`
})
