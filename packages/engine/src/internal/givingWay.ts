/**
 * While deliveries come in, and little of the event loop is left, what can wait goes behind: one transaction at a time,
 * and after each a rest. A sender waits for its answer; mapping and sending can catch up.
 */
import { Clock, Effect, Semaphore } from "effect"
import { performance } from "node:perf_hooks"

/** When nothing of the event loop is left, a transaction is followed by a rest of so many times its length. */
const mostRest = 19

/** Milliseconds. */
const longestRest = 1_000

/** Up to this share of its time the event loop has enough left. */
const relaxed = 0.5

/** Milliseconds. Deliveries come in until so long after the last one. */
const quiet = 100

export interface GivingWay {
  /** Somebody has delivered. */
  readonly delivered: Effect.Effect<void>
  /** What can wait. */
  readonly behind: <A, E, R>(transaction: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

export const givingWay: Effect.Effect<GivingWay> = Effect.gen(function* () {
  const one = yield* Semaphore.make(1)
  let busyUntil = 0
  let restsUntil = 0
  let usage = performance.eventLoopUtilization()

  /** How many times as long as it took a transaction is followed by a rest. */
  const rests = () => {
    const before = usage
    usage = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(usage, before)
    return (mostRest * Math.max(0, utilization - relaxed)) / (1 - relaxed)
  }

  const rested = <A, E, R>(transaction: Effect.Effect<A, E, R>) =>
    Clock.clockWith((clock) => {
      const now = clock.currentTimeMillisUnsafe()
      const timed = Effect.suspend(() => {
        const startedAt = clock.currentTimeMillisUnsafe()
        return Effect.ensuring(
          transaction,
          Effect.sync(() => {
            const endedAt = clock.currentTimeMillisUnsafe()
            restsUntil = endedAt + Math.min(longestRest, (endedAt - startedAt) * rests())
          })
        )
      })
      return restsUntil > now ? Effect.andThen(Effect.sleep(restsUntil - now), timed) : timed
    })

  return {
    delivered: Clock.clockWith((clock) =>
      Effect.sync(() => {
        busyUntil = clock.currentTimeMillisUnsafe() + quiet
      })
    ),
    behind: (transaction) =>
      Clock.clockWith((clock) =>
        clock.currentTimeMillisUnsafe() < busyUntil ? one.withPermit(rested(transaction)) : transaction
      )
  }
})
