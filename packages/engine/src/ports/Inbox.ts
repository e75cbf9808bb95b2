/**
 * The store that receiver and dispatcher meet in. Nothing is acknowledged before `accept` has returned, and `accept`
 * returns after the commit.
 */
import {
  Context,
  type DateTime,
  Duration,
  type Effect,
  Predicate,
  type PubSub,
  Schema,
  type Scope,
  type Stream
} from "effect"
import type * as Budget from "./Budget.ts"
import type {
  Call,
  Claim,
  InvitationStatus,
  Lane,
  Settlement,
  StoredAttempt,
  StoredInvitation
} from "./Dispatch.ts"
import type { InvitationFilter, Page, PageOptions, Plan, Selection, WebhookFilter } from "./Search.ts"
import type { Signal } from "./Signals.ts"
import type { Mapped, NewWebhook, Terms, Webhook, WebhookStatus } from "./Webhook.ts"

/**
 * The store can't be read or written now. Nothing was changed; try again.
 *
 * @category errors
 * @since 0.1.0
 */
export class InboxUnavailable extends Schema.TaggedError<InboxUnavailable>()("InboxUnavailable", {
  /** What the database, or its client, failed with. */
  cause: Schema.Defect()
}) {
  override get message() {
    return `The database can't be used: ${reasonOf(this.cause)}`
  }
}

/**
 * Another relay leads the Spot by now: whoever was slow, or frozen, must not decide for it any more.
 *
 * @category errors
 * @since 0.1.0
 */
export class Deposed extends Schema.TaggedError<Deposed>()("Deposed", {
  /** The Spot that another relay leads. */
  spot: Schema.String
}) {
  override get message() {
    return `Another relay leads the Spot ${this.spot} now`
  }
}

/** Postgres says no more than that a statement failed; why stands one level below. */
const reasonOf = (cause: unknown): string => {
  const said = messageOf(cause) ?? "unknown cause"
  const reason = Predicate.hasProperty(cause, "reason") ? cause.reason : undefined
  const below = Predicate.hasProperty(reason, "cause") ? messageOf(reason.cause) : undefined
  return below === undefined || said.includes(below) ? said : `${said}: ${below}`
}

const messageOf = (value: unknown): string | undefined =>
  Predicate.hasProperty(value, "message") && typeof value.message === "string" ? value.message : undefined

/**
 * What became of an accepted delivery.
 *
 * @category models
 * @since 0.1.0
 */
export interface Accepted {
  /** Of a duplicate, the id of the first one. */
  readonly id: string
  /** Whether the same delivery was accepted before. */
  readonly duplicate: boolean
}

/**
 * What to claim.
 *
 * @category options
 * @since 0.1.0
 */
export interface ClaimOptions {
  /** The Spot to claim for. */
  readonly spot: string
  /** How many at the most; fewer when they are for a hundred people already. */
  readonly calls: number
  /** How long the claimed invitations are leased; after it, others may claim them. */
  readonly lease: Duration.Duration
  /** How long an invitation may wait for its next attempt; one that is due later counts as due now. Default: 1 hour. */
  readonly longestWait?: Duration.Duration | undefined
  /** How many members one call may have. Default 1: single calls only. */
  readonly batchSize?: number | undefined
  /** How many of them that were in no call yet, for each Live and at a time in milliseconds. Default: as many. */
  readonly sizeOf?: ((liveId: string, now: number) => number) | undefined
  /** What the calls are paid from, all or nothing with the leases. Default: nobody counts. */
  readonly budget?: Budget.Limits | undefined
  /** What `SpotControl.lead` gave: whoever leads no more claims nothing. Default: anybody may. */
  readonly epoch?: number | undefined
  /** Only of this one. */
  readonly lane?: Lane | undefined
  /** Never these invitations, even when their leases have ended: the answers to their calls are known, and not stored yet. */
  readonly except?: ReadonlyArray<string> | undefined
}

/**
 * How a claimed invitation is given back.
 *
 * @category options
 * @since 0.1.0
 */
export interface ReleaseOptions {
  /** Whether its call had begun: the upstream may have acted on it. Default: false. */
  readonly isCalled?: boolean | undefined
}

/**
 * The calls of a claim.
 *
 * @category models
 * @since 0.1.0
 */
export interface Claimed {
  /** The calls to make; none if nothing is due or the budget has no room. */
  readonly calls: ReadonlyArray<Call>
  /** When there may be more: something is due, a deadline passes, the budget has room again. Never if undefined. */
  readonly next: DateTime.Utc | undefined
  /** Whether the call is to find out if the upstream accepts calls again: of a paused Spot, or of one after its cooldown. */
  readonly isProbe: boolean
  /** Whether nothing else is due: until `next`, or a signal, another claim would find nothing. */
  readonly isDrained: boolean
}

/**
 * A dispatcher that claims in the transaction that maps a lone webhook of its Spot, which saves a commit.
 *
 * @category models
 * @since 0.1.0
 */
export interface Claimer {
  /** The Spot that it dispatches. */
  readonly spot: string
  /**
   * Runs the mapping with what to claim in it, or with undefined while the dispatcher has no use for more calls. Begins the
   * calls that were claimed. Meanwhile the dispatcher claims nothing by itself.
   */
  readonly whileMapping: <A, E>(
    map: (options: ClaimOptions | undefined) => Effect.Effect<readonly [A, Claimed | undefined], E>
  ) => Effect.Effect<A, E>
}

/**
 * What to delete.
 *
 * @category options
 * @since 0.1.0
 */
export interface PurgeOptions {
  /** What was received, or ended, before this time. */
  readonly before: DateTime.Utc
  /** Every invitation that has ended, and the bodies of all webhooks that are mapped, ignored or unmappable. */
  readonly all?: true | undefined
  /** Invitations with these statuses that have ended, with their attempts. Default: none, or with `all` every status. */
  readonly invitations?: ReadonlyArray<InvitationStatus> | undefined
  /** The bodies and headers of webhooks with these statuses. Default: none, or with `all` those that are done. */
  readonly webhooks?: ReadonlyArray<WebhookStatus> | undefined
  /** Deletes the delivery ids of webhooks without a body, too: a resend is then a new webhook. Default: false. */
  readonly deliveryIds?: boolean | undefined
}

/**
 * The text names nobody who can be forgotten, or several people: a part of an address, a placeholder, an id that no Spot has.
 *
 * @category errors
 * @since 0.1.0
 */
export class NotAPerson extends Schema.TaggedError<NotAPerson>()("NotAPerson", {
  /** Why the text names nobody, or several people. */
  message: Schema.String
}) {}

/**
 * How the text that names a person is read.
 *
 * @category options
 * @since 0.1.0
 */
export interface ForgetOptions {
  /** What counts as a Spot member id, besides UUIDs: any of these, matched against the whole id. Default: nothing. */
  readonly memberIds?: ReadonlyArray<RegExp> | undefined
}

/**
 * What is stored of a person and goes when they are forgotten, counted by kind.
 *
 * @category models
 * @since 0.1.0
 */
export interface Forgotten {
  /** Of the person: they lose the address. */
  readonly invitations: number
  /** How many of them are not sent yet, and are cancelled. */
  readonly cancelled: number
  /** Parts of upstream calls that are deleted, or lose their details. */
  readonly attempts: number
  /** Webhooks that lose body, headers and reason now. */
  readonly webhooks: number
  /** How many of them are unmappable: nobody else in them can be invited any more. */
  readonly unmappable: number
  /** Webhooks that wait for their mapping: it leaves the person out, invites the others, and then the body goes. */
  readonly waiting: number
  /** Delivery ids that name the person: a keyed hash takes their place. */
  readonly deliveryIds: number
  /** Refused deliveries that are deleted. */
  readonly quarantined: number
  /** Invitations that name the person as the inviter: they stay without one. */
  readonly inviters: number
  /** Reasons of pauses that name the person. */
  readonly reasons: number
  /** Compressed bodies that can't be read, and may name anybody. They stay. */
  readonly unreadable: number
}

/**
 * How many webhooks and invitations the store holds, by status.
 *
 * @category models
 * @since 0.1.0
 */
export interface Stats {
  /** How many of each status there is one of. `corrupt` ones were set aside. */
  readonly webhooks: Readonly<Record<string, number>>
  /** Invitations by status. */
  readonly invitations: Readonly<Record<string, number>>
  /** When the webhook came that has waited longest for its mapping. */
  readonly oldestReceived: DateTime.Utc | null
}

/**
 * How much waits, and since when the oldest of it. 20,000 stands for that many or more.
 *
 * @category models
 * @since 0.1.0
 */
export interface Backlog {
  /** How many wait. */
  readonly count: number
  /** Since when the oldest one waits; null if none does. */
  readonly oldest: DateTime.Utc | null
}

/**
 * What waits to be mapped and sent.
 *
 * @category models
 * @since 0.1.0
 */
export interface Waiting {
  /** Webhooks that wait for their mapping. */
  readonly received: Backlog
  /** By Spot: invitations that could be sent now, since when they could. */
  readonly due: ReadonlyMap<string, Backlog>
  /** By Spot: invitations that wait for their next try. */
  readonly later: ReadonlyMap<string, number>
}

/**
 * An accept has its answer within so long, whatever the database does.
 *
 * @category constants
 * @since 0.1.0
 */
export const patience = Duration.seconds(2)

/**
 * The durable store of webhooks and invitations.
 *
 * @category services
 * @since 0.1.0
 */
export class Inbox extends Context.Service<
  Inbox,
  {
    /** Stores a delivery durably, or fails within `patience`. Concurrent accepts share one commit. */
    readonly accept: (webhook: NewWebhook) => Effect.Effect<Accepted, InboxUnavailable>

    /**
     * Webhooks that wait for their mapping: live ones first. Where more wait than the limit, the sources of a lane take turns;
     * within a source the oldest come first. Without those of the `except` sources.
     */
    readonly received: (
      limit: number,
      except?: ReadonlySet<string>
    ) => Effect.Effect<ReadonlyArray<Webhook>, InboxUnavailable>

    /**
     * Records what the mapping made of a webhook that is `received`; of another, nothing. One person and one Live are one
     * invitation per Spot: a second webhook attaches to the first one's, unless the terms ask for another after a while.
     */
    readonly map: (webhook: Webhook, mapped: Mapped, terms: Terms) => Effect.Effect<void, InboxUnavailable>

    /**
     * Calls of a Spot that are due, with a lease on each of their invitations, and paid for. Lane by lane; within one,
     * every other turn goes to the nearest deadline and the others round the sources and Lives. What a dispatcher that
     * died has left is due when its lease ends; what is past its deadline becomes `expired`.
     */
    readonly claim: (options: ClaimOptions) => Effect.Effect<Claimed, InboxUnavailable | Deposed>

    /** From now on, until the scope closes, mapping a lone webhook of the Spot also claims for this dispatcher. */
    readonly claimsWhileMapping: (claimer: Claimer) => Effect.Effect<void, never, Scope.Scope>

    /**
     * Ends leases with a call's outcomes; of each, whether it held. `false`: the lease was lost. The answer is stored as an
     * attempt all the same, and a success ends the invitation. May be repeated with the same object: it is stored once.
     */
    readonly settle: (settlement: Settlement) => Effect.Effect<ReadonlyArray<boolean>, InboxUnavailable>

    /** Gives a claim back; the attempt is not burnt. */
    readonly release: (claim: Claim, options?: ReleaseOptions) => Effect.Effect<boolean, InboxUnavailable>

    /** Tells of new work; now and then one is missed. */
    readonly signals: (signal: Signal) => Effect.Effect<PubSub.Subscription<Signal>, never, Scope.Scope>

    /** The webhook with this id; undefined if there is none. */
    readonly webhook: (id: string) => Effect.Effect<Webhook | undefined, InboxUnavailable>

    /** The invitations that a webhook asked for, oldest first. */
    readonly invitations: (
      webhookId: string
    ) => Effect.Effect<ReadonlyArray<StoredInvitation>, InboxUnavailable>

    /** The upstream calls that an invitation was in, oldest first. */
    readonly attempts: (invitationId: string) => Effect.Effect<ReadonlyArray<StoredAttempt>, InboxUnavailable>

    /** Webhooks that match, newest first, page by page. */
    readonly searchWebhooks: (
      filter: WebhookFilter,
      page: PageOptions
    ) => Effect.Effect<Page<Webhook>, InboxUnavailable>

    /** Invitations that match, newest first, page by page. */
    readonly searchInvitations: (
      filter: InvitationFilter,
      page: PageOptions
    ) => Effect.Effect<Page<StoredInvitation>, InboxUnavailable>

    /** What `replay` of this selection would do. */
    readonly plan: (selection: Selection<InvitationFilter>) => Effect.Effect<Plan, InboxUnavailable>

    /**
     * Makes ended invitations due again, in the lane of replays: dead letters, unless the selection names other statuses.
     * Leaves out those past their deadline, and people who were forgotten. How many, step by step.
     */
    readonly replay: (selection: Selection<InvitationFilter>) => Stream.Stream<number, InboxUnavailable>

    /**
     * Has webhooks mapped again: unmappable ones, unless the selection names other statuses. How many, step by step.
     */
    readonly remap: (selection: Selection<WebhookFilter>) => Stream.Stream<number, InboxUnavailable>

    /** Deletes what is old. How many webhooks and invitations, step by step. */
    readonly purge: (options: PurgeOptions) => Stream.Stream<number, InboxUnavailable>

    /**
     * Forgets a person, who is given by one whole address, one whole Spot member id, or exactly a text under which they are
     * stored. Address, attempts and the bodies that name them go, in whatever spelling; what is not sent yet is cancelled. A
     * keyed hash stays, so that duplicates are still known.
     */
    readonly forget: (
      person: string,
      options?: ForgetOptions
    ) => Effect.Effect<Forgotten, InboxUnavailable | NotAPerson>

    /** What `forget` would find. Changes nothing. */
    readonly forgetPlan: (
      person: string,
      options?: ForgetOptions
    ) => Effect.Effect<Forgotten, InboxUnavailable | NotAPerson>

    /** What waits to be mapped and sent, at the cost of a look at some thousands of entries of an index. */
    readonly waiting: (spots: ReadonlyArray<string>) => Effect.Effect<Waiting, InboxUnavailable>

    /** Counted in steps: takes a while on a big store, and holds up nobody. */
    readonly stats: Effect.Effect<Stats, InboxUnavailable>

    /** Whether the store can be written now. */
    readonly check: Effect.Effect<void, InboxUnavailable>
  }
>()("@usher/engine/Inbox") {}
