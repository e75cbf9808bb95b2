/** The interface of the budget of one Spot. */
import type { Duration, Effect } from "effect"

/**
 * The answer that asked for the wait. `Refused`: a 429. `NoneRemaining`: one whose headers say that no calls remain.
 *
 * @category models
 */
export type RestReason = "Refused" | "NoneRemaining"

/**
 * The budget of one Spot, for all calls with its key.
 *
 * @category models
 */
export interface SpotBudget {
  /** Makes the call once it fits, first come, first served. A call that is interrupted while it waits is not counted. */
  readonly within: <A, E, R>(call: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /**
   * Delays the calls that have not begun for `duration`, because the upstream asks for it. A wait that ends earlier than the
   * current one has no effect.
   */
  readonly rest: (duration: Duration.Duration, reason?: RestReason) => Effect.Effect<void>
}
