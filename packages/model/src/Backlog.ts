/**
 * How much waits: for its mapping, for its source to resume, to be sent.
 */
import type { DateTime } from "effect"

/**
 * The highest count; it stands for that many or more. On SQLite, counting occupies the event loop.
 *
 * @category constants
 */
export const maxCounted = 20_000

/**
 * How many wait, and since when the oldest of them.
 *
 * @category models
 */
export interface Queue {
  /** How many wait, at most `maxCounted`. */
  readonly count: number
  /** Since when the oldest one waits; null if none does. */
  readonly oldest: DateTime.Utc | null
}

/**
 * What waits to be mapped and sent.
 *
 * @category models
 */
export interface Waiting {
  /** Webhooks that wait for their mapping. */
  readonly received: Queue
  /** By Spot: invitations that could be sent now, and since when. */
  readonly due: ReadonlyMap<string, Queue>
  /** By Spot: invitations that wait for their next attempt, at most `maxCounted`. */
  readonly later: ReadonlyMap<string, number>
}

/**
 * What waits to be sent with one Spot.
 *
 * @category models
 */
export interface Backlog {
  /** How many invitations wait. */
  readonly invitations: number
  /** How many calls they take, where those that can go together do. */
  readonly calls: number
  /** Whether there are more than were counted. */
  readonly isMore: boolean
}
