/**
 * The store that receiver and dispatcher meet in. Nothing is acknowledged before `accept` has returned, and `accept`
 * returns after the commit.
 */
import { Context, type DateTime, type Duration, type Effect, type PubSub, Schema, type Scope } from "effect"
import type { Claim, Settlement, StoredInvitation } from "./Dispatch.ts"
import type { Mapped, NewWebhook, Webhook } from "./Webhook.ts"

/**
 * The store can't be read or written now. Nothing was changed; try again.
 *
 * @category errors
 * @since 0.1.0
 */
export class InboxUnavailable extends Schema.TaggedError<InboxUnavailable>()("InboxUnavailable", {
  cause: Schema.Defect()
}) {
  override get message() {
    const { cause } = this
    return `The database can't be used: ${typeof cause === "object" && cause !== null && "message" in cause ? String(cause.message) : "unknown cause"}`
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Accepted {
  /** Of a duplicate, the id of the first one. */
  readonly id: string
  readonly duplicate: boolean
}

/**
 * `received`: a webhook waits for its mapping. `due`: an invitation may wait for its dispatcher.
 *
 * @category models
 * @since 0.1.0
 */
export type Signal = "received" | "due"

/**
 * @category services
 * @since 0.1.0
 */
export class Inbox extends Context.Service<
  Inbox,
  {
    /** Stores a delivery durably. Concurrent accepts share one commit. */
    readonly accept: (webhook: NewWebhook) => Effect.Effect<Accepted, InboxUnavailable>

    /** The oldest webhooks that wait for their mapping. */
    readonly received: (limit: number) => Effect.Effect<ReadonlyArray<Webhook>, InboxUnavailable>

    /**
     * Records what the mapping made of a webhook. One person and one Live are one invitation per Spot: a second webhook
     * attaches to the first one's.
     */
    readonly map: (webhook: Webhook, spot: string, mapped: Mapped) => Effect.Effect<void, InboxUnavailable>

    /** Leases up to `limit` due invitations of a Spot, longest due first; also those whose lease has ended. */
    readonly claim: (options: {
      readonly spot: string
      readonly limit: number
      readonly lease: Duration.Duration
    }) => Effect.Effect<ReadonlyArray<Claim>, InboxUnavailable>

    /** Ends a lease with the attempt's outcome. `false`: the lease was lost in the meantime, nothing is changed. */
    readonly settle: (claim: Claim, settlement: Settlement) => Effect.Effect<boolean, InboxUnavailable>

    /** Gives a claim back unsent; the attempt is not burnt. */
    readonly release: (claim: Claim) => Effect.Effect<boolean, InboxUnavailable>

    /** When the next invitation of the Spot is due or its lease ends; `undefined` when none is left. */
    readonly nextDue: (spot: string) => Effect.Effect<DateTime.Utc | undefined, InboxUnavailable>

    /** Tells of new work in this process. */
    readonly signals: Effect.Effect<PubSub.Subscription<Signal>, never, Scope.Scope>

    readonly webhook: (id: string) => Effect.Effect<Webhook | undefined, InboxUnavailable>

    /** The invitations that a webhook asked for, oldest first. */
    readonly invitations: (
      webhookId: string
    ) => Effect.Effect<ReadonlyArray<StoredInvitation>, InboxUnavailable>

    /** Whether the store can be written now. */
    readonly check: Effect.Effect<void, InboxUnavailable>
  }
>()("@usher/engine/Inbox") {}
