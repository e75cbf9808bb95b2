/**
 * The Lives to which invitations were requested: their titles and beginnings, which the relay reads from the upstream with
 * calls that no invitation needs, and the counts of their invitations.
 */
import { Context, type DateTime, type Duration, type Effect, type Stream } from "effect"
import type { StoredInvitation } from "@usher/model/Invitation"
import type { Identity, LiveSummary } from "@usher/model/LiveSummary"
import type { Page, PageOptions } from "@usher/model/Search"
import type * as Budget from "./Budget.ts"
import type { Reservation } from "./Claiming.ts"
import type { InboxUnavailable } from "./Inbox.ts"

/**
 * A Spot whose Lives are read.
 *
 * @category options
 */
export interface ReadOptions {
  /** The name of the Spot. */
  readonly spot: string
  /** The budget that the call is reserved in. Undefined: unlimited. */
  readonly budget: Budget.Limits | undefined
  /** Longer than any call can take. A reservation of a relay that ends counts for this time. */
  readonly lease: Duration.Duration
}

/**
 * A Live to read now, with the call that is reserved for it.
 *
 * @category models
 */
export interface Reading {
  /** The Spot. */
  readonly spot: string
  /** The Live. */
  readonly liveId: string
  /** The reservation of the call. Null if the Spot has no budget. */
  readonly reservation: Reservation | null
}

/**
 * What the upstream says of a Live, or the tag of the error.
 *
 * @category models
 */
export type Answer =
  | {
      /** The title. */
      readonly title: string
      /** When the Live begins. */
      readonly startsAt: DateTime.Utc
      /** When the Live ends. */
      readonly endsAt: DateTime.Utc
    }
  | {
      /** The tag of the error. */
      readonly error: string
    }

/**
 * A stored invitation without the webhooks that requested it.
 *
 * @category models
 */
export type Listed = Omit<StoredInvitation, "webhookIds">

/**
 * The title of a Live, null if it is unknown.
 *
 * @category models
 */
export type TitleOf = (live: Identity) => string | null

/**
 * The Lives and their invitations.
 *
 * @category services
 */
export class LiveCatalog extends Context.Service<
  LiveCatalog,
  {
    /** The Lives that have invitations: first those whose beginning is unknown, then the latest beginning first. */
    readonly list: (page: PageOptions) => Effect.Effect<Page<LiveSummary>, InboxUnavailable>
    /** The titles of these Lives, at most some hundreds. */
    readonly titles: (lives: ReadonlyArray<Identity>) => Effect.Effect<TitleOf, InboxUnavailable>
    /**
     * All invitations to a Live, batch by batch, in an order of their own. Default: with every Spot that invites to it.
     * Unreadable rows are left out.
     */
    readonly invitations: (
      liveId: string,
      spot?: string
    ) => Stream.Stream<ReadonlyArray<Listed>, InboxUnavailable>
    /**
     * The Live that should be read next, with a call reserved for it in the lowest lane. Undefined if no Live should be
     * read now, or if the call could be of use to an invitation: one is due, the Spot is paused, in cooldown or its circuit
     * open, or more than half of a window of the budget would be used. A Live with which waiting invitations expire is read
     * before all others, and also while invitations are due, as long as its lane has room.
     */
    readonly next: (options: ReadOptions) => Effect.Effect<Reading | undefined, InboxUnavailable>
    /** Stores what the upstream answered, and that the call ended. */
    readonly store: (reading: Reading, answer: Answer) => Effect.Effect<void, InboxUnavailable>
    /** Merges the counts that several connections wrote. Run it from time to time. */
    readonly mergeCounts: Effect.Effect<void, InboxUnavailable>
  }
>()("@usher/engine/LiveCatalog") {}
