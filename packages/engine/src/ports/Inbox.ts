/**
 * The durable store between receiver, mapper and dispatcher. The receiver acknowledges a delivery only after `accept`
 * has committed it. Search and changes by operators are in `Operations`.
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
import type { Claimed, Claimer, ClaimOptions, LeadershipLost, ReleaseOptions } from "./Claiming.ts"
import type { Claim } from "./Claiming.ts"
import type { Settlement } from "./Settling.ts"
import type { Signal } from "./Signals.ts"
import type { Mapped, Terms } from "./Mapped.ts"

/**
 * Stores webhooks and invitations for the stages of a relay.
 *
 * @category services
 */
export class Inbox extends Context.Service<
  Inbox,
  {
    /** Stores a delivery durably, or fails within `acceptTimeout`. Concurrent accepts share one commit. */
    readonly accept: (webhook: NewWebhook) => Effect.Effect<Accepted, InboxUnavailable>

    /** Adds refused requests to the counts over time: how many, by source. */
    readonly countRefused: (refused: ReadonlyMap<string, number>) => Effect.Effect<void, InboxUnavailable>

    /**
     * Webhooks that wait for their mapping, live ones first. If more wait than the limit, the sources of a lane take
     * turns. Within a source, the oldest come first. Skips the `except` sources.
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
     * Stores the result of mapping a `received` webhook; ignores any other webhook. A Spot has one invitation per
     * person and Live: a second webhook is linked to it, unless `reinviteAfter` in the terms has passed.
     */
    readonly map: (webhook: Webhook, mapped: Mapped, terms: Terms) => Effect.Effect<void, InboxUnavailable>

    /**
     * Claims due calls of a Spot, reserves them in the budget, and leases their invitations. Lanes go in order. Within a lane,
     * every other call goes to the nearest deadline, and the rest are shared round-robin by sources and Lives.
     * Invitations of a dead dispatcher are due again when their leases end. Invitations past their deadline become
     * `expired`.
     */
    readonly claim: (options: ClaimOptions) => Effect.Effect<Claimed, InboxUnavailable | LeadershipLost>

    /** Registers a dispatcher until the scope closes: mapping a lone webhook of its Spot also claims for it. */
    readonly claimsWhileMapping: (claimer: Claimer) => Effect.Effect<void, never, Scope.Scope>

    /** When the next invitation of a Spot is due or expires. Undefined if none waits. Changes nothing. */
    readonly nextDue: (spot: string) => Effect.Effect<DateTime.Utc | undefined, InboxUnavailable>

    /**
     * Stores the outcomes of a call and ends its leases. Returns for each outcome whether its lease was still held. If
     * it was lost, the answer is still stored as an attempt, and a success still ends the invitation. Safe to repeat
     * with the same object.
     */
    readonly settle: (settlement: Settlement) => Effect.Effect<ReadonlyArray<boolean>, InboxUnavailable>

    /** Gives a claim back without counting an attempt. */
    readonly release: (claim: Claim, options?: ReleaseOptions) => Effect.Effect<boolean, InboxUnavailable>

    /** Subscribes to signals of new work. A signal can be lost. */
    readonly signals: (signal: Signal) => Effect.Effect<PubSub.Subscription<Signal>, never, Scope.Scope>

    /** Succeeds if the database can be written now. */
    readonly check: Effect.Effect<void, InboxUnavailable>
  }
>()("@usher/engine/Inbox") {}

/**
 * The result of accepting a delivery.
 *
 * @category models
 */
export interface Accepted {
  /** The id of the webhook. For a duplicate, the id of the first one. */
  readonly id: string
  /** Whether the same delivery was accepted before. */
  readonly duplicate: boolean
}

/**
 * The longest time that `accept` takes, whatever the database does.
 *
 * @category constants
 */
export const acceptTimeout = Duration.seconds(2)

/**
 * The database can't be read or written now. Nothing was changed; try again.
 *
 * @category errors
 */
export class InboxUnavailable extends Schema.TaggedError<InboxUnavailable>()("InboxUnavailable", {
  /** The error from the database or its client. */
  cause: Schema.Defect()
}) {
  override get message() {
    return `The database can't be used: ${reasonOf(this.cause)}`
  }
}

/** Postgres reports only that a statement failed. The reason is one level below. */
const reasonOf = (cause: unknown): string => {
  const said = messageOf(cause) ?? "unknown cause"
  const reason = Predicate.hasProperty(cause, "reason") ? cause.reason : undefined
  const below = Predicate.hasProperty(reason, "cause") ? messageOf(reason.cause) : undefined
  return below === undefined || said.includes(below) ? said : `${said}: ${below}`
}

const messageOf = (value: unknown): string | undefined =>
  Predicate.hasProperty(value, "message") && typeof value.message === "string"
    ? value.message.replace("PgConnection: Failed to connect", "can't connect to the Postgres server")
    : undefined
