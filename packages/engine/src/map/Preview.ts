/**
 * Compares what a mapping would make of stored webhooks with their stored results. Writes nothing. Use it before you
 * change a mapping.
 */
import { Clock, type DateTime, Effect, Option, Schema, Stream } from "effect"
import { Invitation } from "@usher/core"
import type { PageOptions } from "@usher/model/Search"
import { StatusWithBody, type Webhook, WebhookStatus } from "@usher/model/Webhook"
import { Inbox, type InboxUnavailable } from "../ports/Inbox.ts"
import type { Mapped } from "../ports/Mapped.ts"
import { Operations } from "../ports/Operations.ts"
import type { Expressions } from "../source/Expressions.ts"
import { type Mapping, withSignUps } from "../source/Mapping.ts"
import type { Source } from "../source/Source.ts"
import { compare, known } from "./comparing.ts"
import { mapEvent } from "./mapEvent.ts"

/**
 * The mapping to try, and the webhooks to try it on.
 *
 * @category options
 */
export interface Options {
  /** The source of the webhooks. */
  readonly source: Source
  /**
   * The mapping to try, such as one from `Mapping.make`. Rules without events use those of the source. Default: the
   * mapping of the source.
   */
  readonly mapping?: Mapping | undefined
  /** Pattern of the Spot's member ids, besides UUIDs. */
  readonly memberId?: RegExp | undefined
  /** Webhooks with one of these statuses. Default: all whose body is stored, also the held ones of a paused source. */
  readonly status?: ReadonlyArray<typeof StatusWithBody.Type> | undefined
  /** Received at this time or later. */
  readonly from?: DateTime.Utc | undefined
  /** Received before this time. */
  readonly to?: DateTime.Utc | undefined
  /** The maximum number of webhooks, newest first. Default: all. */
  readonly limit?: number | undefined
}

/** Rows of an older version can hold members that are invalid now. */
const Wanted = Schema.Struct({ ...Invitation.Invitation.fields, member: Schema.String })

const Outcome = Schema.Struct({ status: WebhookStatus, reason: Schema.NullOr(Schema.String) })

/**
 * One webhook, with its stored result and the new one. Contains addresses.
 *
 * @category models
 */
export const Difference = Schema.Struct({
  /** The id of the webhook. */
  webhookId: Schema.String,
  /** When the webhook was received. */
  receivedAt: Schema.DateTimeUtc,
  /** The stored result. */
  before: Outcome,
  /** The version of the mapping that made the stored result; null before a webhook is mapped. */
  mappingVersion: Schema.NullOr(Schema.String),
  /** The result of the new mapping. */
  after: Outcome,
  /** Invitations that the new mapping adds. */
  appear: Schema.Array(Wanted),
  /** Invitations that the new mapping drops. Sent ones stay sent. */
  disappear: Schema.Array(Wanted),
  /**
   * Invitations that the new mapping changes: to another Live, inviter, or notification flag. The inviter and the flag are
   * compared only where this webhook created the invitation: one that requests an existing invitation changes neither.
   */
  differ: Schema.Array(Schema.Struct({ before: Wanted, after: Wanted }))
})

/**
 * One webhook, with its stored result and the new one.
 *
 * @category models
 */
export interface Difference extends Schema.Schema.Type<typeof Difference> {}

/**
 * Counts of the differences, without addresses.
 *
 * @category models
 */
export const Summary = Schema.Struct({
  /** Webhooks that were tried. */
  webhooks: Schema.Int,
  /** Webhooks whose result differs. */
  changed: Schema.Int,
  /** Webhooks that would become unmappable. */
  fail: Schema.Int,
  /** Unmappable webhooks that would be mapped or ignored. */
  mended: Schema.Int,
  /** Invitations that would be added. */
  appear: Schema.Int,
  /** Invitations that would be dropped. */
  disappear: Schema.Int,
  /** Invitations that would differ. */
  differ: Schema.Int
})

/**
 * Counts of the differences.
 *
 * @category models
 */
export interface Summary extends Schema.Schema.Type<typeof Summary> {}

/**
 * The summary of no webhooks.
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
 * Whether the results differ.
 *
 * @category summaries
 */
export const isChange = ({ before, after, appear, disappear, differ }: Difference): boolean =>
  before.status !== after.status ||
  before.reason !== after.reason ||
  appear.length + disappear.length + differ.length > 0

/**
 * Adds one webhook to a summary.
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

/** The number of webhooks that are read together. */
const batch = 50

/**
 * A difference for each webhook that was tried, including unchanged ones, newest first.
 *
 * @category previews
 */
export const differences = (
  options: Options
): Stream.Stream<Difference, InboxUnavailable, Inbox | Operations | Expressions> => {
  const { limit = Infinity } = options
  const { search, compared } = trying(options)
  const webhooks = Stream.paginate(undefined, (after: string | undefined) =>
    Effect.map(
      search({ limit: Math.min(batch, limit), after }),
      ({ items, next }) => [items, Option.fromNullishOr(next)] as const
    )
  )
  return webhooks.pipe(Stream.take(limit), Stream.mapEffect(compared, { concurrency: 16 }))
}

/**
 * Some of the differences, and where they continue.
 *
 * @category models
 */
export interface Part {
  /** One for each webhook that was tried, including unchanged ones, newest first. */
  readonly differences: ReadonlyArray<Difference>
  /** The cursor of the next part; null at the end. */
  readonly next: string | null
  /** All webhooks since this time are tried. Undefined if all are. */
  readonly searchedTo: DateTime.Utc | undefined
}

/** A part ends after this time, in ms, even with fewer webhooks than its limit. */
const partTime = 3_000

/**
 * The differences of at most `limit` webhooks (default: 500), after the cursor of the previous part. Ends early after some
 * seconds.
 *
 * @category previews
 */
export const part = Effect.fnUntraced(function* ({
  after,
  limit = 500,
  ...options
}: Options & Pick<PageOptions, "after">): Effect.fn.Return<
  Part,
  InboxUnavailable,
  Inbox | Operations | Expressions
> {
  const { search, compared } = trying(options)
  const end = (yield* Clock.currentTimeMillis) + partTime
  const found: Array<Difference> = []
  let next = after ?? null
  let searchedTo: DateTime.Utc | undefined
  do {
    const size = Math.min(batch, limit - found.length)
    const webhooks = yield* search({ limit: size, after: next ?? undefined })
    found.push(...(yield* Effect.forEach(webhooks.items, compared, { concurrency: 16 })))
    next = webhooks.next
    searchedTo = webhooks.searchedTo ?? webhooks.items.at(-1)?.receivedAt ?? searchedTo
  } while (next !== null && found.length < limit && (yield* Clock.currentTimeMillis) < end)
  return { differences: found, next, searchedTo: next === null ? undefined : searchedTo }
})

const trying = ({ source, mapping: tried = source.mapping, memberId, status, from, to }: Options) => {
  const ownEvents = tried === source.mapping || tried.rules?.events !== undefined
  const mapping = ownEvents ? tried : withSignUps(tried, source.events)
  const filter = {
    source: source.name,
    status: status ?? StatusWithBody.literals,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to })
  }
  return {
    search: (page: PageOptions) => Operations.use((operations) => operations.searchWebhooks(filter, page)),
    compared: (webhook: Webhook) => difference(webhook, source, mapping, memberId)
  }
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
    mappingVersion: webhook.mappingVersion,
    after: { status: after.status, reason: after.reason },
    ...compare(known(yield* operations.invitations(webhook.id), webhook), wanted(after))
  }
})

const wanted = (mapped: Mapped): ReadonlyArray<Invitation.Invitation> =>
  mapped.status === "mapped" ? mapped.invitations : []
