/** The calls that invitations need, and the time that they take. */
import { Duration } from "effect"
import { Budget } from "@usher/core"

/**
 * How a Spot sends.
 *
 * @category models
 */
export interface Terms {
  /** The maximum number of members of one call. */
  readonly batchSize: number
  /** The maximum numbers of calls in their windows. Empty: no limit. */
  readonly limits: ReadonlyArray<Budget.Limit>
}

/**
 * The documented terms of MeltingSpot.
 *
 * @category constants
 */
export const documented: Terms = { batchSize: 100, limits: Budget.documented }

/**
 * The number of calls for groups of invitations that can share a call, of at most `batchSize` members each.
 *
 * @category planning
 */
export const count = (together: Iterable<number>, batchSize: number): number =>
  [...together].reduce((sum, size) => sum + Math.ceil(size / batchSize), 0)

/**
 * The time between the start of the first and the last of `calls` calls, within sliding windows.
 *
 * @category planning
 */
export const duration = (calls: number, limits: ReadonlyArray<Budget.Limit>): Duration.Duration => {
  const longestFirst = limits
    .map((limit) => ({ calls: limit.calls, millis: Duration.toMillis(limit.window) }))
    .toSorted((a, b) => b.millis - a.millis)
  let before = Math.max(0, calls - 1)
  let millis = 0
  for (const limit of longestFirst) {
    millis += Math.floor(before / limit.calls) * limit.millis
    before %= limit.calls
  }
  return Duration.millis(millis)
}
