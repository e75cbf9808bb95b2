/**
 * Who delivers waits for an answer; mapping and sending can catch up. While many deliveries come in, what can wait gives way:
 * it does little at a time, and when little of the event loop is left, it does one transaction at a time and rests after each.
 */
import { Clock, Context, Effect, Scheduler, Semaphore } from "effect"
import { performance } from "node:perf_hooks"
import { slicing } from "./slicing.ts"

/** When nothing of the event loop is left, a transaction is followed by a rest of so many times its length. */
const mostRest = 19

/** Milliseconds. */
const longestRest = 1_000

/** Up to this share of its time the event loop has enough left. */
const relaxed = 0.5

/** Deliveries come in while the last so many commits of them were made within so many milliseconds: a hundred in a second. */
const many = { commits: 10, within: 100 }

export interface GivingWay {
  /** A commit has stored what somebody delivered. */
  readonly delivered: Effect.Effect<void>
  /** Whether they come in. */
  readonly isBusy: () => boolean
  /** A transaction that can wait. */
  readonly behind: <A, E, R>(transaction: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Work that can wait: it and what it forks. */
  readonly inSlices: <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

const make = (): GivingWay => {
  const one = Semaphore.makeUnsafe(1)
  /** When the last ones were made, the oldest in the next place. */
  const times = Array.from({ length: many.commits }, () => -Infinity)
  let place = 0
  let restsUntil = 0
  let usage = performance.eventLoopUtilization()

  const isBusy = () => performance.now() - (times[place] ?? -Infinity) < many.within
  const scheduler = slicing(isBusy)

  /** How many times as long as it took a transaction is followed by a rest. */
  const rests = () => {
    const before = usage
    usage = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(usage, before)
    return (mostRest * Math.max(0, utilization - relaxed)) / (1 - relaxed)
  }

  const timed = <A, E, R>(transaction: Effect.Effect<A, E, R>) =>
    Clock.clockWith((clock) => {
      const startedAt = clock.currentTimeMillisUnsafe()
      return Effect.ensuring(
        transaction,
        Effect.sync(() => {
          const took = clock.currentTimeMillisUnsafe() - startedAt
          restsUntil = performance.now() + Math.min(longestRest, took * rests())
        })
      )
    })

  /** By the clock of the machine: the event loop is shared with those who have another. */
  const rested = Effect.callback<void>((resume) => {
    const rest = restsUntil - performance.now()
    if (rest <= 0) return resume(Effect.void)
    const timer = setTimeout(() => resume(Effect.void), rest)
    return Effect.sync(() => clearTimeout(timer))
  })

  return {
    delivered: Effect.sync(() => {
      times[place] = performance.now()
      place = (place + 1) % many.commits
    }),
    isBusy,
    behind: (transaction) =>
      Effect.suspend(() =>
        isBusy() ? one.withPermit(Effect.andThen(rested, timed(transaction))) : transaction
      ),
    inSlices: Effect.provideService(Scheduler.Scheduler, scheduler)
  }
}

/** One for a process, as there is one event loop. */
export const GivingWay = Context.Reference<GivingWay>("@usher/engine/GivingWay", { defaultValue: make })
