/**
 * The story of a person or an invitation, from the stored records: deliveries, releases from quarantine, mappings, waits,
 * attempts and results. Its sentences have no addresses.
 */
import { DateTime, Duration, Order } from "effect"
import * as Story from "../../Story.ts"
import { Import, type Mentions, type Reporting } from "@usher/engine"
import type { Webhook } from "@usher/model"
import type { StoredAttempt, StoredInvitation } from "@usher/model/Invitation"
import { mappedAgainAt } from "@usher/model/Webhook"
import { idOf, type NameOf } from "./liveNames.ts"
import { unknown, type WhyWaiting } from "./waiting.ts"
import { traceIdOf } from "./wire.ts"

export interface Told {
  readonly invitation: StoredInvitation
  readonly attempts: ReadonlyArray<StoredAttempt>
}

/** Additional records. */
export interface Besides {
  readonly refused?: Mentions.Mentions["refused"]
  readonly resent?: ReadonlyArray<Reporting.Resent>
  readonly forgottenAt?: DateTime.Utc | null
  readonly nameOf?: NameOf
  readonly whyWaiting?: WhyWaiting
}

/** Oldest first. Entries of the same time are in causal order. */
export const storyOf = (
  webhooks: ReadonlyArray<Webhook.Webhook>,
  records: ReadonlyArray<Told>,
  { refused = [], resent = [], forgottenAt = null, nameOf = idOf, whyWaiting = unknown }: Besides = {}
): ReadonlyArray<Story.StoryEntry> => {
  const known = new Map(webhooks.map((webhook) => [webhook.id, webhook]))
  return [
    ...refused.map(ofRefused),
    ...webhooks.flatMap(ofWebhook),
    ...resent.flatMap((one) => ofResent(one, known.get(one.webhookId))),
    ...(forgottenAt === null ? [] : [forgotten(forgottenAt)]),
    ...records.flatMap((one) => ofInvitation(one, known, nameOf, whyWaiting))
  ].toSorted((a, b) => byTime(a, b) || rank(a) - rank(b))
}

const byTime = Order.mapInput(DateTime.Order, ({ at }: { readonly at: DateTime.Utc }) => at)

const rank = ({ kind }: Story.StoryEntry) => Story.StoryKind.literals.indexOf(kind)

const ofRefused = ({
  id: quarantinedId,
  source,
  lastAt: at,
  times,
  message
}: Mentions.Mentions["refused"][number]): Story.StoryEntry => {
  const often = times === 1 ? "" : ` ${times.toLocaleString("en")} times, most recently now`
  const text = `Delivery from ${source} refused${often}; it is in quarantine: ${message}`
  return { at, kind: "refused", text, source, quarantinedId }
}

const ofWebhook = (webhook: Webhook.Webhook): ReadonlyArray<Story.StoryEntry> => {
  const { id: webhookId, source, receivedAt: at, status } = webhook
  const common = { at, source, webhookId, status, ...traced(traceIdOf(webhook.traceparent)) }
  const repeats =
    webhook.firstWebhookId === null
      ? ""
      : `. Same delivery id as webhook ${webhook.firstWebhookId}, different body: it can only add people`
  const what = source === Import.name ? "People imported" : `Webhook received from ${source}`
  const received = { ...common, kind: "received", text: `${what}${repeats}` } as const
  const begun = [received, ...ofRelease(webhook), ...ofRemap(webhook)]
  if (status !== "ignored" && status !== "unmappable") return begun
  const text = `No invitation created: ${webhook.reason ?? "unknown reason"}`
  const mappedAt = mappedAgainAt(webhook) ?? acceptedAt(webhook)
  return [...begun, { ...common, at: mappedAt, kind: status, text }]
}

const ofRemap = (webhook: Webhook.Webhook): ReadonlyArray<Story.StoryEntry> => {
  const { source, id: webhookId, mappingVersion } = webhook
  const at = mappedAgainAt(webhook)
  if (at === null) return []
  const text = `Mapped again${mappingVersion === null ? "" : `, with mapping ${mappingVersion}`}`
  return [{ at, kind: "remapped", text, source, webhookId }]
}

const ofRelease = ({ release, source, id: webhookId }: Webhook.Webhook): ReadonlyArray<Story.StoryEntry> => {
  if (release === null) return []
  const { at, by, verified } = release
  const proof = verified ? "; signature verified" : " without a valid signature"
  const text = `Released from quarantine by operator ${by}${proof}`
  return [{ at, kind: "released", text, source, webhookId, by, verified }]
}

/** When a webhook was accepted: a delivery from quarantine at its release. */
const acceptedAt = ({ release, receivedAt }: Webhook.Webhook): DateTime.Utc => release?.at ?? receivedAt

const ofResent = (
  { webhookId, times, lastAt: at }: Reporting.Resent,
  webhook: Webhook.Webhook | undefined
): ReadonlyArray<Story.StoryEntry> => {
  if (webhook === undefined) return []
  const again = times === 1 ? "" : ` ${times} times, most recently now`
  const what = webhook.source === Import.name ? "Imported again" : "Redelivered by the sender"
  const text = `${what}${again}; ignored as a duplicate`
  return [{ at, kind: "duplicate", text, source: webhook.source, webhookId }]
}

const forgotten = (at: DateTime.Utc): Story.StoryEntry => ({
  at,
  kind: "forgotten",
  text: "Person forgotten: address, attempts and bodies deleted"
})

const ofInvitation = (
  { invitation, attempts }: Told,
  webhooks: ReadonlyMap<string, Webhook.Webhook>,
  nameOf: NameOf,
  whyWaiting: WhyWaiting
): ReadonlyArray<Story.StoryEntry> => {
  const { id: invitationId, spot, liveId } = invitation
  const parts = [
    ...requested(invitation, webhooks, nameOf(invitation)),
    ...ended(invitation, attempts),
    ...waits(invitation, attempts, whyWaiting),
    ...attempts.map((attempt) => attempted(attempt, probableCause(attempt, invitation, attempts))),
    ...lost(invitation),
    ...settled(invitation)
  ]
  return parts.map((part) => Object.assign(part, { invitationId, spot, liveId }))
}

type Part = Omit<Story.StoryEntry, "invitationId" | "spot" | "liveId">

/** Whether a replay or a later webhook made a finished invitation pending again. */
export const isRenewed = ({ createdAt, requestedAt }: StoredInvitation): boolean =>
  DateTime.isGreaterThan(requestedAt, createdAt)

/** The request that created the invitation, and later requests. */
const requested = (
  invitation: StoredInvitation,
  webhooks: ReadonlyMap<string, Webhook.Webhook>,
  live: string
): ReadonlyArray<Part> => {
  const { webhookIds, createdAt, requestedAt, source, lane } = invitation
  const [first, ...later] = webhookIds
  const renewing =
    isRenewed(invitation) && lane !== "replay"
      ? later
          .flatMap((id) => webhooks.get(id) ?? [])
          .findLast((webhook) => DateTime.isLessThanOrEqualTo(acceptedAt(webhook), requestedAt))
      : undefined
  return [
    {
      at: createdAt,
      kind: "requested",
      text: `Invitation to the Live ${live} created`,
      source,
      ...(first === undefined ? {} : { webhookId: first })
    },
    ...later.flatMap((webhookId): ReadonlyArray<Part> => {
      const webhook = webhooks.get(webhookId)
      if (webhook === undefined || webhook === renewing) return []
      const text = `Live ${live} already requested: one invitation per person and Live`
      // The mapping that created the invitation may have run after the second webhook was received.
      const at = DateTime.max(acceptedAt(webhook), createdAt)
      return [{ at, kind: "requested", text, source: webhook.source, webhookId }]
    }),
    ...(isRenewed(invitation) ? [renewed(invitation, renewing)] : [])
  ]
}

const renewed = (
  { requestedAt: at, lane }: StoredInvitation,
  webhook: Webhook.Webhook | undefined
): Part => ({
  at,
  kind: "requested",
  text: `Requested again by a ${lane === "replay" ? "replay" : "webhook"}`,
  ...(webhook === undefined ? {} : { source: webhook.source, webhookId: webhook.id })
})

/** How the attempts before the last request ended. The row keeps only the end of those after it. */
const ended = (invitation: StoredInvitation, attempts: ReadonlyArray<StoredAttempt>): ReadonlyArray<Part> => {
  if (!isRenewed(invitation)) return []
  const last = attempts
    .filter(({ startedAt }) => DateTime.isLessThan(startedAt, invitation.requestedAt))
    .map((attempt) => ({ at: endOf(attempt), error: attempt.error }))
    .toSorted(byTime)
    .at(-1)
  if (last === undefined) return []
  const { at, error } = last
  if (error === null) return [{ at, kind: "settled", text: "Finished: invited", status: "invited" }]
  return error._tag === "AlreadyInvited"
    ? [{ at, kind: "settled", text: "Finished: already_invited", status: "already_invited" }]
    : [{ at, kind: "settled", text: "The attempts until then ended without success" }]
}

const endOf = ({ startedAt, duration }: StoredAttempt): DateTime.Utc =>
  DateTime.addDuration(startedAt, duration)

/** Shorter waits are left out. */
const worthTelling = Duration.seconds(1)

const waits = (
  invitation: StoredInvitation,
  attempts: ReadonlyArray<StoredAttempt>,
  whyWaiting: WhyWaiting
): ReadonlyArray<Part> => {
  const from = [
    { at: invitation.createdAt, why: undefined },
    ...(isRenewed(invitation) ? [{ at: invitation.requestedAt, why: "after it was requested again" }] : []),
    ...attempts.map((attempt) => ({ at: endOf(attempt), why: `after attempt ${attempt.number}` })),
    ...(invitation.lostCallAt === undefined
      ? []
      : [{ at: invitation.lostCallAt, why: "after an attempt with a lost response" }])
  ].toSorted(byTime)
  const past = attempts.flatMap((attempt): ReadonlyArray<Part> => {
    const before = from.findLast(({ at }) => DateTime.isLessThanOrEqualTo(at, attempt.startedAt))
    if (before === undefined) return []
    const length = DateTime.distance(before.at, attempt.startedAt)
    if (Duration.isLessThan(length, worthTelling)) return []
    const text = `Waited ${Duration.format(length)} ${before.why ?? "before the first attempt"}`
    return [{ at: before.at, kind: "waiting", text, until: attempt.startedAt }]
  })
  const last = from.at(-1)
  if (invitation.status !== "pending" || last === undefined) return past
  const { cause, until } = whyWaiting(invitation)
  const text = `Waiting ${cause ?? last.why ?? "for its turn"}`
  const now = { at: last.at, kind: "waiting", text, status: "pending" } as const
  return [...past, until === null ? now : { ...now, until }]
}

/** A call whose response was not stored: the relay stopped or lost the database. */
const lost = ({ lostCallAt: at }: StoredInvitation): ReadonlyArray<Part> =>
  at === undefined
    ? []
    : [{ at, kind: "attempt", text: "Attempt started, response lost: the relay stopped before storing it" }]

/** When an attempt finds the person already invited: the start of the earlier call that probably did it. */
const probableCause = (
  { error, startedAt }: StoredAttempt,
  { lostCallAt }: StoredInvitation,
  attempts: ReadonlyArray<StoredAttempt>
): DateTime.Utc | undefined => {
  if (error?._tag !== "AlreadyInvited") return undefined
  const before = attempts.filter((one) => DateTime.isLessThan(one.startedAt, startedAt))
  if (before.some(({ participant }) => participant !== null)) return undefined
  return [
    ...before.flatMap((one) =>
      one.error?._tag === "UpstreamUnavailable" && one.error.mayHaveArrived ? [one.startedAt] : []
    ),
    ...(lostCallAt === undefined || DateTime.isGreaterThanOrEqualTo(lostCallAt, startedAt)
      ? []
      : [lostCallAt])
  ]
    .toSorted(DateTime.Order)
    .at(-1)
}

const attempted = (attempt: StoredAttempt, cause: DateTime.Utc | undefined): Part => {
  const { id: attemptId, number, startedAt: at, error, participant, upstreamStatus } = attempt
  const status = upstreamStatus === null ? "no response" : `status ${upstreamStatus}`
  const said =
    error === null
      ? participant === null
        ? "no details recorded"
        : `participant ${participant.id}, ${participant.status}`
      : cause === undefined
        ? error.message
        : `already invited, probably by the attempt at ${DateTime.formatIso(cause)}`
  return {
    at,
    kind: "attempt",
    text: `Attempt ${number}, ${status} after ${Duration.format(attempt.duration)}: ${said}`,
    attemptId,
    ...traced(attempt.traceId)
  }
}

const settled = ({
  status,
  settledAt: at,
  traceId,
  cancelledBy: by
}: StoredInvitation): ReadonlyArray<Part> => {
  if (at === null) return []
  if (by === undefined) {
    return [{ at, kind: "settled", text: `Finished: ${status}`, status, ...traced(traceId) }]
  }
  const after = status === "cancelled" ? "" : `. Finished: ${status}, by a call that had begun before`
  return [{ at, kind: "settled", text: `Canceled by operator ${by}${after}`, status, by }]
}

const traced = (traceId: string | null) => (traceId === null ? {} : { traceId })
