/** The messages between the load generator and its parent. */
import { Schema } from "effect"

export const Job = Schema.Struct({
  /** `http://127.0.0.1:port/webhooks/bench` */
  url: Schema.String,
  /** The size of each body. */
  bytes: Schema.Int,
  connections: Schema.Int,
  /** The number of people for each Live. With 1, no call invites several people. */
  peoplePerLive: Schema.Int,
  /** Deliveries in a second, independently of the answers. null: each connection sends when it is answered. */
  rate: Schema.NullOr(Schema.Finite),
  /** The job ends after this many deliveries, or after these seconds. */
  deliveries: Schema.Int,
  seconds: Schema.Finite,
  /** The load before the measurement. */
  warmUpSeconds: Schema.Finite,
  /** Process ids whose processor time is measured. */
  processes: Schema.optionalKey(Schema.Array(Schema.Int))
})

export type Job = typeof Job.Type

/** Times are in milliseconds. */
export const Result = Schema.Struct({
  /** Answered with 2xx. */
  accepted: Schema.Int,
  /** Answered with another status, or not at all. */
  failed: Schema.Int,
  seconds: Schema.Finite,
  perSecond: Schema.Finite,
  /** The processor time that each process used during the measurement, in microseconds. */
  processor: Schema.Array(Schema.NullOr(Schema.Finite)),
  /** The time of accepted deliveries to the end of the answer, from sending, or from the scheduled time with a rate. */
  latency: Schema.Struct({
    mean: Schema.Finite,
    p50: Schema.Finite,
    p90: Schema.Finite,
    p99: Schema.Finite,
    p999: Schema.Finite,
    max: Schema.Finite
  })
})

export type Result = typeof Result.Type

/** A message to the generator. `first` waits until one delivery is accepted. */
export const Message = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("first"), url: Schema.String }),
  Schema.Struct({ kind: Schema.Literal("run"), job: Job })
])

export type Message = typeof Message.Type
