/** The configuration of a run, drawn from the seed. */
import { Duration } from "effect"
import { Budget, type RetryPolicy } from "@usher/engine"
import type { Seed } from "./Seed.ts"

export interface Settings {
  readonly budget: Budget.Limits
  readonly concurrency: number
  readonly batchSize: number
  readonly timeout: Duration.Duration
  readonly retry: RetryPolicy.RetryPolicy
  /** The retention of ended invitations and webhooks. Undefined: the relay's default. */
  readonly retention: Duration.Duration | undefined
  /** The time after which invitations of the source `flash` expire. */
  readonly expires: Duration.Duration
  /** The share of signals that get lost, from 0 to 1. */
  readonly lostSignals: number
  /** The number of people who sign up. */
  readonly people: number
  /** The number of events that disturb the relay. */
  readonly moves: number
  /** Whether the system clock changes. */
  readonly setsClock: boolean
}

export const draw = (seed: Seed): Settings => {
  const setsClock = seed.chance(0.4)
  const people = seed.between(20, 120)
  return {
    budget: {
      per10s: seed.pick([2, 5, 10, 20, 100]),
      // Waiting for a day is slow to simulate, and hides a clock change while no relay runs.
      per24h: !setsClock && seed.chance(0.15) ? seed.between(20, 60) : Budget.documented.per24h,
      shares: Budget.documented.shares
    },
    concurrency: seed.between(1, 8),
    batchSize: seed.pick([1, 1, 2, 10, 100]),
    timeout: Duration.seconds(5),
    retry: {
      base: Duration.seconds(seed.pick([1, 1, 10])),
      cap: Duration.seconds(seed.pick([10, 120, 1_800])),
      maxAttempts: seed.pick([100, 100, 20, 3]),
      maxAge: Duration.hours(seed.pick([72, 6, 1])),
      maxRetryAfter: Duration.minutes(seed.pick([5, 60]))
    },
    retention: seed.chance(0.5) ? Duration.minutes(seed.between(5, 60)) : undefined,
    expires: Duration.seconds(seed.between(2, 900)),
    lostSignals: seed.pick([0, 0, 0.2, 1]),
    people,
    moves: seed.between(5, 25),
    setsClock
  }
}
