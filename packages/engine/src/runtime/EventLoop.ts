/**
 * The load of the event loop. The relay throttles background work (mapping, claiming) by it while deliveries arrive.
 * The default reads Node's own figures; tests and simulations provide others.
 */
import { Context } from "effect"
// oxlint-disable-next-line no-restricted-imports -- Only this module reads the load of the event loop.
import { performance } from "node:perf_hooks"

/**
 * Time of the event loop since some moment, in milliseconds. Only differences are meaningful.
 *
 * @category models
 */
export interface Usage {
  /** Time spent on work. */
  readonly active: number
  /** Time spent waiting for work. */
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
 * The share of its time that the event loop spent on work between two readings: from 0 to 1, and 0 if no time passed.
 *
 * @category accessors
 */
export const utilization = (before: Usage, after: Usage): number => {
  const active = after.active - before.active
  const total = active + after.idle - before.idle
  return total > 0 ? active / total : 0
}
