/**
 * The durable store between receiver, mapper and dispatcher. `accept` returns after the commit, and the receiver
 * acknowledges nothing before that. What operators search and change is in `Operations`.
 */
import {
  Context,
  type DateTime,
  Duration,
  type Effect,
  Predicate,
  type PubSub,
  Schema,
  type Scope
} from "effect"
import type { NewWebhook, Webhook } from "@usher/model/Webhook"
import type { Claimed, Claimer, ClaimOptions, Deposed, ReleaseOptions } from "./Claiming.ts"
import type { Claim } from "./Claiming.ts"
import type { Settlement } from "./Settling.ts"
import type { Signal } from "./Signals.ts"
import type { Mapped, Terms } from "./Mapped.ts"

/**
 * The store of webhooks and invitations, as the stages of a relay use it.
 *
 * @category services
 */
export class Inbox extends Context.Service<
  Inbox,
  {
    /** Stores a delivery durably, or fails within `patience`. Concurrent accepts share one commit. */
    readonly accept: (webhook: NewWebhook) => Effect.Effect<Accepted, InboxUnavailable>

    /**
     * Webhooks that wait for their mapping: live ones first. Where more wait than the limit, the sources of a lane take turns;
     * within a source the oldest come first. Leaves out the `except` sources.
     */
    readonly received: (
      limit: number,
      except?: ReadonlySet<string>
    ) => Effect.Effect<ReadonlyArray<Webhook>, InboxUnavailable>

    /** The id of the newest invitation of a person to a Live, if the relay has made a call for it. */
    readonly called: (
      spot: string,
      liveId: string,
      person: string
    ) => Effect.Effect<string | undefined, InboxUnavailable>

    /**
     * Records what the mapping made of a webhook that is `received`; of any other webhook, nothing. One person and one Live
     * are one invitation per Spot: a second webhook attaches to the first one's, unless the terms ask for another after a while.
     */
    readonly map: (webhook: Webhook, mapped: Mapped, terms: Terms) => Effect.Effect<void, InboxUnavailable>

    /**
     * Calls of a Spot that are due, paid for, with a lease on each of their invitations. Lane by lane; within one, every
     * other turn goes to the nearest deadline and the others round the sources and Lives. What a dispatcher that died has
     * left is due when its lease ends; what is past its deadline becomes `expired`.
     */
    readonly claim: (options: ClaimOptions) => Effect.Effect<Claimed, InboxUnavailable | Deposed>

    /** From now on, until the scope closes, mapping a lone webhook of the Spot also claims for this dispatcher. */
    readonly claimsWhileMapping: (claimer: Claimer) => Effect.Effect<void, never, Scope.Scope>

    /** When something of a Spot is due next, or expires; undefined if nothing waits. Claims and changes nothing. */
    readonly nextDue: (spot: string) => Effect.Effect<DateTime.Utc | undefined, InboxUnavailable>

    /**
     * Ends leases with a call's outcomes; of each, whether it held. `false`: the lease was lost. The answer is stored as an
     * attempt all the same, and a success ends the invitation. May be repeated with the same object: it is stored once.
     */
    readonly settle: (settlement: Settlement) => Effect.Effect<ReadonlyArray<boolean>, InboxUnavailable>

    /** Gives a claim back without counting an attempt. */
    readonly release: (claim: Claim, options?: ReleaseOptions) => Effect.Effect<boolean, InboxUnavailable>

    /** Tells of new work; now and then a signal is lost. */
    readonly signals: (signal: Signal) => Effect.Effect<PubSub.Subscription<Signal>, never, Scope.Scope>

    /** Succeeds if the store can be written now. */
    readonly check: Effect.Effect<void, InboxUnavailable>
  }
>()("@usher/engine/Inbox") {}

/**
 * What became of an accepted delivery.
 *
 * @category models
 */
export interface Accepted {
  /** Of a duplicate, the id of the first one. */
  readonly id: string
  /** Whether the same delivery was accepted before. */
  readonly duplicate: boolean
}

/**
 * The longest time that `accept` takes, whatever the database does.
 *
 * @category constants
 */
export const patience = Duration.seconds(2)

/**
 * The store can't be read or written now. Nothing was changed; try again.
 *
 * @category errors
 */
export class InboxUnavailable extends Schema.TaggedError<InboxUnavailable>()("InboxUnavailable", {
  /** The error of the database, or of its client. */
  cause: Schema.Defect()
}) {
  override get message() {
    return `The database can't be used: ${reasonOf(this.cause)}`
  }
}

/** Postgres says no more than that a statement failed; the reason is one level below. */
const reasonOf = (cause: unknown): string => {
  const said = messageOf(cause) ?? "unknown cause"
  const reason = Predicate.hasProperty(cause, "reason") ? cause.reason : undefined
  const below = Predicate.hasProperty(reason, "cause") ? messageOf(reason.cause) : undefined
  return below === undefined || said.includes(below) ? said : `${said}: ${below}`
}

const messageOf = (value: unknown): string | undefined =>
  Predicate.hasProperty(value, "message") && typeof value.message === "string" ? value.message : undefined
