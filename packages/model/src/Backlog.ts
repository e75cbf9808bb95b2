/**
 * The size of the backlog: webhooks to map, and invitations to send.
 */
import type { DateTime } from "effect"

/**
 * The cap of a count, which then means "this many or more". On SQLite, counting blocks the event loop.
 *
 * @category constants
 */
export const maxCounted = 20_000

/**
 * The length of a queue, and the age of its oldest element.
 *
 * @category models
 */
export interface Queue {
  /** The number of elements, capped at `maxCounted`. */
  readonly count: number
  /** When the oldest element was queued; null for an empty queue. */
  readonly oldest: DateTime.Utc | null
}

/**
 * Pending webhooks and invitations.
 *
 * @category models
 */
export interface Waiting {
  /** Webhooks that are not mapped yet. */
  readonly received: Queue
  /** By Spot: invitations that are due now. */
  readonly due: ReadonlyMap<string, Queue>
  /** By Spot: invitations that are due later, capped at `maxCounted`. */
  readonly later: ReadonlyMap<string, number>
}

/**
 * The pending invitations of one Spot. Counts are capped at `maxCounted`.
 *
 * @category models
 */
export interface Backlog {
  /** The number of pending invitations: those that can be sent, are due later, or wait for a parked Live. */
  readonly invitations: number
  /** The number of due invitations, without those to parked Lives. */
  readonly sendable: number
  /** The number of calls that the sendable ones need, with as many invitations in one call as possible. */
  readonly calls: number
  /** When the oldest sendable one became due. Null if none is. */
  readonly oldestDue: DateTime.Utc | null
  /** The number of invitations that are due later, such as retries. */
  readonly later: number
  /** The number of invitations to parked Lives. */
  readonly parked: number
  /** Whether the counts are capped. */
  readonly isMore: boolean
}
