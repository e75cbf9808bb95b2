/**
 * What a mapping would make of webhooks that are stored, beside what was made of them. Nothing is written. For a mapping that
 * is about to be changed.
 */
import { type DateTime, Effect, Option, Schema, Stream } from "effect"
import { Invitation } from "@usher/core"
import type { StoredInvitation } from "@usher/model/Invitation"
import { type Webhook, WebhookStatus } from "@usher/model/Webhook"
import { Inbox, type InboxUnavailable } from "../ports/Inbox.ts"
import type { Mapped } from "../ports/Mapped.ts"
import { Operations } from "../ports/Operations.ts"
import type { Expressions } from "../source/Expressions.ts"
import { type Mapping, withSignUps } from "../source/Mapping.ts"
import { withMember } from "../source/people.ts"
import type { Source } from "../source/Source.ts"
import { mapEvent } from "./mapEvent.ts"

/**
 * Which mapping to try on which webhooks.
 *
 * @category options
 */
export interface Options {
  /** Whose webhooks. */
  readonly source: Source
  /**
   * The mapping to try; `Mapping.make` makes one of rules. Rules that name no events have those of the source. Default: the
   * source's.
   */
  readonly mapping?: Mapping | undefined
  /** Of the ids of the Spot's members, besides UUIDs. */
  readonly memberId?: RegExp | undefined
  /** Received at this time or later. */
  readonly from?: DateTime.Utc | undefined
  /** Received before this time. */
  readonly to?: DateTime.Utc | undefined
  /** How many webhooks, the newest first. Default: all. */
  readonly limit?: number | undefined
}

/** Rows of an older version may hold members that would not be taken now. */
const Wanted = Schema.Struct({ ...Invitation.Invitation.fields, member: Schema.String })

const Outcome = Schema.Struct({ status: WebhookStatus, reason: Schema.NullOr(Schema.String) })

/**
 * One webhook, as it is and as it would be. Holds addresses.
 *
 * @category models
 */
export const Difference = Schema.Struct({
  /** The webhook. */
  webhookId: Schema.String,
  /** When the webhook was received. */
  receivedAt: Schema.DateTimeUtc,
  /** The result that is stored. */
  before: Outcome,
  /** The result of the new mapping. */
  after: Outcome,
  /** Who would be invited and is not. */
  appear: Schema.Array(Wanted),
  /** Who is invited and would not be. What is sent stays sent. */
  disappear: Schema.Array(Wanted),
  /** Who would be invited to another Live, by another inviter, or with another notification flag. */
  differ: Schema.Array(Schema.Struct({ before: Wanted, after: Wanted }))
})

/**
 * What a mapping would make of one stored webhook, beside what was made of it.
 *
 * @category models
 */
export interface Difference extends Schema.Schema.Type<typeof Difference> {}

/**
 * Counts, without addresses.
 *
 * @category models
 */
export const Summary = Schema.Struct({
  /** How many were tried. */
  webhooks: Schema.Int,
  /** For how many of them anything would be different. */
  changed: Schema.Int,
  /** How many could be mapped, or were ignored, and would be unmappable. */
  fail: Schema.Int,
  /** How many are unmappable and would not be. */
  mended: Schema.Int,
  /** Invitations that would be new. */
  appear: Schema.Int,
  /** Invitations that would no longer be made. */
  disappear: Schema.Int,
  /** Invitations that would differ. */
  differ: Schema.Int
})

/**
 * How many webhooks and invitations would change.
 *
 * @category models
 */
export interface Summary extends Schema.Schema.Type<typeof Summary> {}

/**
 * Of no webhook.
 *
 * @category summaries
 */
export const empty: Summary = {
  webhooks: 0,
  changed: 0,
  fail: 0,
  mended: 0,
  appear: 0,
  disappear: 0,
  differ: 0
}

/**
 * Whether anything would be different.
 *
 * @category summaries
 */
export const isChange = ({ before, after, appear, disappear, differ }: Difference): boolean =>
  before.status !== after.status ||
  before.reason !== after.reason ||
  appear.length + disappear.length + differ.length > 0

/**
 * The summary with one more webhook.
 *
 * @category summaries
 */
export const add = (summary: Summary, difference: Difference): Summary => ({
  webhooks: summary.webhooks + 1,
  changed: summary.changed + Number(isChange(difference)),
  fail: summary.fail + Number(isFailure(difference.after) && !isFailure(difference.before)),
  mended: summary.mended + Number(isFailure(difference.before) && !isFailure(difference.after)),
  appear: summary.appear + difference.appear.length,
  disappear: summary.disappear + difference.disappear.length,
  differ: summary.differ + difference.differ.length
})

const isFailure = ({ status }: typeof Outcome.Type) => status === "unmappable"

/** Whose body is still there. */
const withBody: ReadonlyArray<WebhookStatus> = ["received", "mapped", "ignored", "unmappable"]

const page = 100

/**
 * Every webhook that was tried, also those that stay as they are, the newest first.
 *
 * @category previews
 */
export const differences = ({
  source,
  mapping: tried = source.mapping,
  memberId,
  from,
  to,
  limit = Infinity
}: Options): Stream.Stream<Difference, InboxUnavailable, Inbox | Operations | Expressions> => {
  const ownEvents = tried === source.mapping || tried.rules?.events !== undefined
  const mapping = ownEvents ? tried : withSignUps(tried, source.events)
  const filter = {
    source: source.name,
    status: withBody,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to })
  }
  const webhooks = Stream.paginate(undefined, (after: string | undefined) =>
    Operations.use((operations) =>
      Effect.map(
        operations.searchWebhooks(filter, { limit: Math.min(page, limit), after }),
        ({ items, next }) => [items, Option.fromNullishOr(next)] as const
      )
    )
  )
  return webhooks.pipe(
    Stream.take(limit),
    Stream.mapEffect((webhook) => difference(webhook, source, mapping, memberId), { concurrency: 16 })
  )
}

const difference = Effect.fnUntraced(function* (
  webhook: Webhook,
  source: Source,
  mapping: Mapping,
  memberId: RegExp | undefined
) {
  const operations = yield* Operations
  const after = yield* mapEvent(yield* Inbox, webhook, source, mapping, memberId)
  return {
    webhookId: webhook.id,
    receivedAt: webhook.receivedAt,
    before: { status: webhook.status, reason: webhook.reason },
    after: { status: after.status, reason: after.reason },
    ...compare(known(yield* operations.invitations(webhook.id)), wanted(after))
  }
})

const wanted = (mapped: Mapped): ReadonlyArray<Invitation.Invitation> =>
  mapped.status === "mapped" ? mapped.invitations : []

/** Of somebody who was forgotten, nothing can be said. */
const known = (stored: ReadonlyArray<StoredInvitation>): ReadonlyArray<Invitation.Invitation> =>
  stored.flatMap((invitation) =>
    invitation.member === null ? [] : [withMember(invitation, invitation.member)]
  )

/** Each finds its like: of the same person first for the same Live, then for another one. */
const compare = (
  stored: ReadonlyArray<Invitation.Invitation>,
  wanted: ReadonlyArray<Invitation.Invitation>
): Pick<Difference, "appear" | "disappear" | "differ"> => {
  const left = new Set(stored)
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
        before.invitedBySpotMemberId !== after.invitedBySpotMemberId ||
        before.withEmailNotification !== after.withEmailNotification
    )
  }
}
