/**
 * What holds up a Spot or one of its Lives, and who leads it. It is kept in the database, so that it outlives the relay and
 * all relays on the database agree.
 */
import { Context, type DateTime, type Duration, type Effect } from "effect"
import type { ParkedLive, PausedBy, SpotState } from "@usher/model/Spot"
import type * as Budget from "./Budget.ts"
import type { InboxUnavailable } from "./Inbox.ts"

/**
 * A call that the upstream refused by a 429.
 *
 * @category models
 */
export interface RateLimit {
  /** Whether the call was to find out if the upstream accepts calls again. */
  readonly isProbe: boolean
  /** How long the upstream asked to wait, if it did. */
  readonly asked: Duration.Duration | undefined
  /** How long to wait after so many refusals of one after another, 1 or more. */
  readonly waitAfter: (refusals: number) => Duration.Duration
}

/**
 * Holds up, resumes and leads Spots.
 *
 * @category services
 */
export class SpotControl extends Context.Service<
  SpotControl,
  {
    /** Of every Spot that was ever dispatched. */
    readonly all: Effect.Effect<ReadonlyArray<SpotState>, InboxUnavailable>
    /** Takes the lead: the number that `Inbox.claim` wants, higher than any before. */
    readonly lead: (spot: string) => Effect.Effect<number, InboxUnavailable>
    /** Nothing is sent from now on, but what is under way. A word of the upstream's does not change an operator's. */
    readonly pause: (spot: string, by: PausedBy, reason: string) => Effect.Effect<void, InboxUnavailable>
    /**
     * Ends a pause, a cooldown and an open circuit, and makes due at once what waits for its next attempt; parked Lives stay
     * parked. `true` if the Spot was paused, in cooldown, or its circuit open.
     */
    readonly resume: (spot: string) => Effect.Effect<boolean, InboxUnavailable>
    /** No calls remain, by an answer's headers: nothing is sent for so long. A shorter wait changes nothing. */
    readonly cooldown: (spot: string, wait: Duration.Duration) => Effect.Effect<void, InboxUnavailable>
    /** A 429 was answered: nothing is sent for a while, then one probe. Whether a cooldown began, and how long it lasts now. */
    readonly refused: (
      spot: string,
      limit: RateLimit
    ) => Effect.Effect<{ readonly began: boolean; readonly wait: Duration.Duration }, InboxUnavailable>
    /** A probe was accepted: ends a cooldown, and a pause by the upstream. Which of them there was. */
    readonly recovered: (
      spot: string
    ) => Effect.Effect<{ readonly resumed: boolean; readonly cooledDown: boolean }, InboxUnavailable>
    /** A probe found out nothing: the next one comes after this wait. Default: at once. */
    readonly deferProbe: (
      spot: string,
      waitAfter?: RateLimit["waitAfter"]
    ) => Effect.Effect<void, InboxUnavailable>
    /** Stores for how long the circuit of the leading relay is open, or with null that it is closed. */
    readonly setCircuit: (
      spot: string,
      open: Duration.Duration | null
    ) => Effect.Effect<void, InboxUnavailable>
    /** Whether the stored circuit is open: `resume` closes it. */
    readonly isCircuitOpen: (spot: string) => Effect.Effect<boolean, InboxUnavailable>
    /** From now on a call has so many members at the most. */
    readonly limitBatch: (spot: string, members: number) => Effect.Effect<void, InboxUnavailable>
    /** Doubles the limit, and drops it once it reaches `most`. Answers what holds now; undefined if there was no limit. */
    readonly growBatch: (spot: string, most: number) => Effect.Effect<number | undefined, InboxUnavailable>

    /** The Lives that are parked now. */
    readonly parked: Effect.Effect<ReadonlyArray<ParkedLive>, InboxUnavailable>
    /**
     * The invitations of the Live wait; one of them is tried now and then, ever more seldom. Those asked for before
     * `exhausts` are `exhausted`, once the Live has been parked since then.
     */
    readonly park: (
      spot: string,
      liveId: string,
      exhausts: DateTime.Utc
    ) => Effect.Effect<ParkedLive, InboxUnavailable>
    /** What waits of the Live is due at once, also what waits for its retry. `true` if it was parked. */
    readonly unpark: (spot: string, liveId: string) => Effect.Effect<boolean, InboxUnavailable>

    /** What counts by now in each window, the shorter one first. */
    readonly usage: (
      spot: string,
      limits: Budget.Limits
    ) => Effect.Effect<ReadonlyArray<Budget.Usage>, InboxUnavailable>
    /** How many calls began since then. */
    readonly callsSince: (spot: string, since: DateTime.Utc) => Effect.Effect<number, InboxUnavailable>
  }
>()("@usher/engine/SpotControl") {}
