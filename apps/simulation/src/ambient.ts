/**
 * Chance and time that code reads from the platform without a service. For the length of a run they are the seed's, too, so that
 * a seed repeats itself.
 */
import crypto from "node:crypto"
import { syncBuiltinESMExports } from "node:module"
import { performance } from "node:perf_hooks"
import type { Seed } from "./Seed.ts"

/** Until the function that it gives is called. */
export const replace = (seed: Seed, elapsed: () => number): (() => void) => {
  const { random } = Math
  const { randomBytes } = crypto
  const { now, eventLoopUtilization } = performance
  const install = (by: {
    readonly random: typeof Math.random
    readonly randomBytes: unknown
    readonly now: typeof performance.now
    readonly eventLoopUtilization: typeof performance.eventLoopUtilization
  }) => {
    Math.random = by.random
    Object.assign(crypto, { randomBytes: by.randomBytes })
    syncBuiltinESMExports()
    for (const key of ["now", "eventLoopUtilization"] as const)
      Object.defineProperty(performance, key, { value: by[key], configurable: true, writable: true })
  }
  install({
    random: seed.next,
    randomBytes: (size: number) => Buffer.from(seed.bytes(size)),
    now: elapsed,
    // An event loop that has time.
    eventLoopUtilization: () => ({ idle: 1, active: 0, utilization: 0 })
  })
  return () => install({ random, randomBytes, now, eventLoopUtilization })
}
