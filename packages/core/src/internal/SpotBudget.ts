/** The budget of one Spot, as the implementations share it. */
import type { Duration, Effect } from "effect"

/**
 * What asked for the wait. `Refused`: a 429. `NoneRemaining`: an answer whose headers say that no calls remain.
 *
 * @category models
 */
export type RestReason = "Refused" | "NoneRemaining"

/**
 * The budget of one Spot: of everything that calls with its key.
 *
 * @category models
 */
export interface SpotBudget {
  /** Makes the call once it fits, first come, first served. A call interrupted while it waits spends nothing. */
  readonly within: <A, E, R>(call: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /**
   * Holds back calls that have not begun for `duration`, because the upstream says that nothing is left. A wait that
   * ends earlier than the current one changes nothing.
   */
  readonly rest: (duration: Duration.Duration, reason?: RestReason) => Effect.Effect<void>
}
