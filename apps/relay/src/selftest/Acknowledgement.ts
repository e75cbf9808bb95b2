/** Measures how long senders wait for a 2xx. */
import { Duration, Effect } from "effect"
import * as SignedDelivery from "./SignedDelivery.ts"
import type { Trial } from "./Trial.ts"
import { tally } from "./Verdict.ts"

const warmUp = 20

export const measure = Effect.fnUntraced(function* (trial: Trial, deliveries: number, concurrency: number) {
  yield* Effect.forEach(yield* trial.next(warmUp), trial.post, { concurrency, discard: true })
  const signedDeliveries = yield* trial.next(deliveries)
  const [took, answers] = yield* Effect.timed(Effect.forEach(signedDeliveries, trial.post, { concurrency }))
  const good = answers.filter(SignedDelivery.isAcknowledged)
  const bad = answers.filter((answer) => !SignedDelivery.isAcknowledged(answer))
  const sorted = good.map(({ millis }) => millis).toSorted((a, b) => a - b)
  return {
    deliveries,
    /** Concurrent deliveries. */
    concurrency,
    /** Deliveries sent before the measurement. */
    warmUp,
    /** Milliseconds, of the acknowledged deliveries. */
    p50: percentile(sorted, 0.5),
    p90: percentile(sorted, 0.9),
    p99: percentile(sorted, 0.99),
    max: percentile(sorted, 1),
    perSecond: good.length / Duration.toSeconds(took),
    /** Responses other than 2xx, by status. 0: no response. */
    refused: tally(bad.map(({ status = 0 }) => `${status}`))
  }
})

export type Measured = Effect.Success<ReturnType<typeof measure>>

/** The percentile of sorted values. */
export const percentile = (sorted: ReadonlyArray<number>, share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
