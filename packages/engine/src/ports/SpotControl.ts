/**
 * Pauses, cooldowns, parked Lives and leadership of Spots. They are stored in the database, so that they survive a
 * restart and apply to all relays on it.
 */
import { Context, type DateTime, type Duration, type Effect } from "effect"
import type { ParkedLive, PausedBy, SpotState } from "@usher/model/Spot"
import type * as Budget from "./Budget.ts"
import type { InboxUnavailable } from "./Inbox.ts"

/**
 * A call that the upstream refused with 429.
 *
 * @category models
 */
export interface RateLimit {
  /** Whether the call was a probe. */
  readonly isProbe: boolean
  /** The wait that the upstream requested, if any. */
  readonly requestedWait: Duration.Duration | undefined
  /** The wait after so many consecutive refusals, from 1. */
  readonly waitAfter: (refusals: number) => Duration.Duration
}

/**
 * Pauses, resumes and leads Spots.
 *
 * @category services
 */
export class SpotControl extends Context.Service<
  SpotControl,
  {
    /** The states of all Spots that any relay has ever dispatched for. */
    readonly all: Effect.Effect<ReadonlyArray<SpotState>, InboxUnavailable>
    /** Acquires leadership of a Spot. Returns the new term for `Inbox.claim`, which is higher than all earlier ones. */
    readonly acquireLeadership: (spot: string) => Effect.Effect<number, InboxUnavailable>
    /** Pauses a Spot: no further call starts. A pause by the upstream does not replace one by an operator. */
    readonly pause: (spot: string, by: PausedBy, reason: string) => Effect.Effect<void, InboxUnavailable>
    /**
     * Ends a pause, a cooldown and an open circuit, and makes pending retries due now. Parked Lives stay parked.
     * Returns whether the Spot was paused, in cooldown, or its circuit open.
     */
    readonly resume: (spot: string) => Effect.Effect<boolean, InboxUnavailable>
    /** Starts a cooldown because the response headers report no remaining calls. A shorter wait changes nothing. */
    readonly cooldown: (spot: string, wait: Duration.Duration) => Effect.Effect<void, InboxUnavailable>
    /**
     * Starts or extends a cooldown after a 429; then one probe is sent. Returns whether a cooldown started, and how
     * long it lasts now.
     */
    readonly refused: (
      spot: string,
      limit: RateLimit
    ) => Effect.Effect<{ readonly began: boolean; readonly wait: Duration.Duration }, InboxUnavailable>
    /** Ends a cooldown, and a pause by the upstream, after a successful probe. Returns which of them ended. */
    readonly recovered: (
      spot: string
    ) => Effect.Effect<{ readonly resumed: boolean; readonly cooledDown: boolean }, InboxUnavailable>
    /** Schedules the next probe after an inconclusive one. Default: now. */
    readonly deferProbe: (
      spot: string,
      waitAfter?: RateLimit["waitAfter"]
    ) => Effect.Effect<void, InboxUnavailable>
    /** Stores how long the circuit of the leading relay is open. Null: it is closed. */
    readonly setCircuit: (
      spot: string,
      open: Duration.Duration | null
    ) => Effect.Effect<void, InboxUnavailable>
    /** Whether the stored circuit is open. `resume` closes it. */
    readonly isCircuitOpen: (spot: string) => Effect.Effect<boolean, InboxUnavailable>
    /** Limits the number of members of a call. */
    readonly limitBatch: (spot: string, members: number) => Effect.Effect<void, InboxUnavailable>
    /**
     * Doubles the limit, and removes it once it reaches `most`. Returns the new limit, or undefined if there was none.
     */
    readonly growBatch: (spot: string, most: number) => Effect.Effect<number | undefined, InboxUnavailable>

    /** All parked Lives. */
    readonly parked: Effect.Effect<ReadonlyArray<ParkedLive>, InboxUnavailable>
    /**
     * Parks a Live: its invitations wait, and one of them probes it at growing intervals. Invitations requested before
     * `exhausts` become `exhausted` once the Live has been parked since then.
     */
    readonly park: (
      spot: string,
      liveId: string,
      exhausts: DateTime.Utc
    ) => Effect.Effect<Omit<ParkedLive, "title">, InboxUnavailable>
    /** Stops parking a Live and makes all its pending invitations due now. Returns whether it was parked. */
    readonly unpark: (spot: string, liveId: string) => Effect.Effect<boolean, InboxUnavailable>

    /** The calls that count in each window now, the shorter window first. */
    readonly usage: (
      spot: string,
      limits: Budget.Limits
    ) => Effect.Effect<ReadonlyArray<Budget.Usage>, InboxUnavailable>
    /** How many calls started since this time. */
    readonly callsSince: (spot: string, since: DateTime.Utc) => Effect.Effect<number, InboxUnavailable>
  }
>()("@usher/engine/SpotControl") {}
