/**
 * How an upstream call ended, and what becomes of the invitations that were in it.
 */
import type { Array, DateTime, Duration } from "effect"
import type { InviteError, Participant } from "@usher/core"
import type { Claim, Spend } from "./Claiming.ts"

/**
 * One upstream call that has ended, and what became of each invitation that was in it.
 *
 * @category models
 */
export interface Settlement {
  /** When the call began. */
  readonly startedAt: DateTime.Utc
  /** How long the call took. */
  readonly duration: Duration.Duration
  /** The id of the trace that the call is in. */
  readonly traceId: string | null
  /** What the call was paid from; null where nobody counts. */
  readonly spend?: Spend | null | undefined
  /** What passed from its reservation to its end, without `duration`. Default: none. */
  readonly waited?: Duration.Duration | undefined
  /** What became of each invitation of the call. */
  readonly outcomes: Array.NonEmptyReadonlyArray<Outcome>
}

/**
 * What became of one invitation in a call.
 *
 * @category models
 */
export interface Outcome {
  /** The claim under which the invitation was sent. */
  readonly claim: Claim
  /** The participant, or the error. */
  readonly result: Result
  /** What happens to the invitation now: it ends, or is due again. */
  readonly next:
    | { readonly status: "invited" | "already_invited" | "rejected" | "exhausted" }
    | {
        readonly status: "pending"
        readonly dueAt: DateTime.Utc
        /** `false` when the attempt says nothing about this invitation (a wrong key, a spent budget, another member). */
        readonly burnt: boolean
        /** How many members its next call may have at the most. */
        readonly together?: number | undefined
      }
}

/**
 * What a call said of one invitation. `Unlisted`: the answer to a call for many does not name it; a single call tells.
 *
 * @category models
 */
export type Result = Participant.Participant | InviteError.InviteError | "Unlisted"
