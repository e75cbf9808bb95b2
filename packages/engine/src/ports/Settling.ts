/** How an upstream call ended, and the next state of each invitation in it. */
import type { Array, DateTime, Duration } from "effect"
import type { InviteError, Participant } from "@usher/core"
import type { Claim, Reservation } from "./Claiming.ts"

/**
 * One upstream call that has ended, and the outcome of each invitation in it.
 *
 * @category models
 */
export interface Settlement {
  /** When the call started. */
  readonly startedAt: DateTime.Utc
  /** How long the call took. */
  readonly duration: Duration.Duration
  /** The id of the call's trace. */
  readonly traceId: string | null
  /** The reservation of the call. Null if the Spot has no budget. */
  readonly reservation?: Reservation | null | undefined
  /** The time from the reservation to the end of the call, less `duration`. Default: none. */
  readonly waited?: Duration.Duration | undefined
  /** The outcome of each invitation in the call. */
  readonly outcomes: Array.NonEmptyReadonlyArray<Outcome>
}

/**
 * The outcome of a call for one invitation.
 *
 * @category models
 */
export interface Outcome {
  /** The claim under which the relay sent the invitation. */
  readonly claim: Claim
  /** The participant, or the error. */
  readonly result: Result
  /** The next state of the invitation: it ends, or is due again. */
  readonly next:
    | { readonly status: "invited" | "already_invited" | "rejected" | "exhausted" }
    | {
        readonly status: "pending"
        readonly dueAt: DateTime.Utc
        /**
         * Whether the attempt counts. It does not if it failed for another reason, such as a wrong key, a spent budget,
         * or another member.
         */
        readonly countsAsAttempt: boolean
        /** The maximum number of members in its next call. */
        readonly maxBatchSize?: number | undefined
      }
}

/**
 * The result of a call for one invitation. `Unlisted`: the response to a bulk call does not name it, so a single call
 * must confirm it.
 *
 * @category models
 */
export type Result = Participant.Participant | InviteError.InviteError | "Unlisted"
