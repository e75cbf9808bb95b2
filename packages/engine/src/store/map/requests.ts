/** What a webhook requests: an invitation for one person and Live, new or existing. */
import { Duration } from "effect"
import type { Invitation } from "@usher/core"
import type { Webhook } from "@usher/model/Webhook"
import type { Terms } from "../../ports/Mapped.ts"
import * as rows from "../rows/rows.ts"
import { millis, never, text, unread } from "../rows/store.ts"
import type { Item } from "./Item.ts"

/** A webhook's request for one invitation, as it was mapped. */
export interface Asked {
  readonly webhook: Webhook
  readonly terms: Terms
  readonly invitation: Invitation.Invitation
}

/** A webhook's request for one invitation, with its keys. */
export interface InvitationRequest extends Asked {
  readonly person: string
  readonly key: string
  /** When the invitation expires, in milliseconds. */
  readonly end: number
  /** The id of the invitation if this request is the first for it. Ids sort in the order of the requests. */
  readonly newId: string
}

/** The row of an existing invitation, as far as a request may change it. */
export interface Existing {
  readonly id: string
  readonly spot: string
  readonly live_id: string
  readonly person: string
  readonly status: string
  readonly cancelled_by: string | null
  readonly settled_at: number | null
  readonly expires_at: number
  readonly expires_with_live: number
}

/**
 * A webhook that repeats the id of another one may be an old delivery that somebody changed and sent again. It adds
 * people, but does not change existing invitations.
 */
export const isRepeat = ({ firstWebhookId }: Webhook): boolean => firstWebhookId !== null

export const keyOf = (...parts: ReadonlyArray<string>) => JSON.stringify(parts)

export const keyOfRow = ({ spot, live_id, person }: Existing) => keyOf(spot, live_id, person)

const isAhead = ({ end }: InvitationRequest, now: number) => end > now || end === unread

/** What the request changes about an existing invitation: it is sent again, or its deadline moves. */
export const changeOf = (
  row: Existing,
  request: InvitationRequest | undefined,
  now: number
): "again" | "later" | undefined => {
  if (request === undefined || isRepeat(request.webhook)) return undefined
  // Only an operator undoes what an operator cancelled.
  if (row.status === "cancelled" && row.cancelled_by !== null) return undefined
  const { end } = request
  const { reinviteAfter } = request.terms
  const isOver =
    reinviteAfter !== undefined &&
    row.settled_at !== null &&
    row.settled_at + Duration.toMillis(reinviteAfter) <= now
  // The upstream refused neither: an expired one was too late; a cancelled one's person was forgotten and asks again.
  const wasUnsent = row.status === "expired" || row.status === "cancelled"
  if (isAhead(request, now) && (isOver || wasUnsent)) return "again"
  if (row.settled_at !== null) return undefined
  // Its deadline is unknown while the beginning of the Live is read: a known one takes its place.
  if (row.expires_with_live === 2 && request.terms.expiresWithLive !== true)
    return end > now ? "later" : undefined
  return end > row.expires_at ? "later" : undefined
}

export const requestsOf = ({ webhook, mapped, terms }: Item): ReadonlyArray<Asked> =>
  mapped.status === "mapped" ? mapped.invitations.map((invitation) => ({ webhook, terms, invitation })) : []

/** A webhook that is mapped again counts as received now. */
export const since = ({ lane, receivedAt }: Webhook, now: number): number =>
  lane === "replay" ? now : millis(receivedAt)

/** The beginning of its Live is known to the caller only. */
export const endOf = ({ expiresAt, expiresWithLive }: Terms, beginning: number): number => {
  if (expiresWithLive === true) return beginning
  return expiresAt === undefined ? never : millis(expiresAt)
}

export const rowOf = (
  { webhook, terms, invitation, person, end, newId: id }: InvitationRequest,
  now: number
) => ({
  id,
  spot: terms.spot,
  live_id: invitation.liveId,
  person,
  source: webhook.source,
  invited_by: invitation.invitedBySpotMemberId === undefined ? null : text(invitation.invitedBySpotMemberId),
  notify: invitation.withEmailNotification === undefined ? null : Number(invitation.withEmailNotification),
  traceparent: webhook.traceparent,
  created_at: now,
  requested_at: now,
  received_at: since(webhook, now),
  expires_at: end,
  expires_with_live: Number(terms.expiresWithLive === true),
  status: "pending",
  lane: rows.laneNumbers[webhook.lane],
  state: "available",
  due_at: now,
  attempts: 0,
  batch_key: rows.batchOf(invitation)
})
