/**
 * How busy the event loop is. The relay throttles background work (mapping, claiming) by it while deliveries come in. The
 * default reads Node's own figures; a test or a simulation provides others.
 */
import { Context } from "effect"
// oxlint-disable-next-line no-restricted-imports -- The one place that reads the event loop's load; the others ask the service.
import { performance } from "node:perf_hooks"

/**
 * Time of the event loop since some moment, in milliseconds. Only differences mean anything.
 *
 * @category models
 */
export interface Usage {
  /** Spent on work. */
  readonly active: number
  /** Spent waiting for something to do. */
  readonly idle: number
}

/**
 * Reads the time of the event loop until now.
 *
 * @category services
 */
export const EventLoop = Context.Reference<() => Usage>("@usher/engine/EventLoop", {
  defaultValue: () => () => performance.eventLoopUtilization()
})

/**
 * The share of its time that the event loop spent on work between two readings: from 0 to 1, and 0 where no time passed.
 *
 * @category accessors
 */
export const utilization = (before: Usage, after: Usage): number => {
  const active = after.active - before.active
  const total = active + after.idle - before.idle
  return total > 0 ? active / total : 0
}
