/** How long senders wait for their 2xx. */
import { Duration, Effect } from "effect"
import * as Parcel from "./Parcel.ts"
import type { Trial } from "./Trial.ts"

export interface Measured {
  readonly deliveries: number
  /** At a time. */
  readonly concurrency: number
  /** Sent before, and not measured. */
  readonly warmUp: number
  /** In milliseconds, of those that were acknowledged. */
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
  readonly perSecond: number
  /** Other answers than 2xx, by their status; 0 for none. */
  readonly refused: Readonly<Record<string, number>>
}

const warmUp = 20

export const measure = Effect.fnUntraced(function* (trial: Trial, deliveries: number, concurrency: number) {
  yield* Effect.forEach(yield* trial.next(warmUp), trial.post, { concurrency, discard: true })
  const parcels = yield* trial.next(deliveries)
  const [took, answers] = yield* Effect.timed(Effect.forEach(parcels, trial.post, { concurrency }))
  const [good, bad] = [
    answers.filter(Parcel.isAcknowledged),
    answers.filter((one) => !Parcel.isAcknowledged(one))
  ]
  const sorted = good.map(({ millis }) => millis).toSorted((a, b) => a - b)
  const measured: Measured = {
    deliveries,
    concurrency,
    warmUp,
    p50: percentile(sorted, 0.5),
    p90: percentile(sorted, 0.9),
    p99: percentile(sorted, 0.99),
    max: percentile(sorted, 1),
    perSecond: good.length / Duration.toSeconds(took),
    refused: Object.fromEntries(
      [...Map.groupBy(bad, ({ status = 0 }) => `${status}`)].map(([status, { length }]) => [status, length])
    )
  }
  return measured
})

/** The smallest time within which so many of them were. */
export const percentile = (sorted: ReadonlyArray<number>, share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
