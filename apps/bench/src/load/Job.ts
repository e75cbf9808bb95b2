/** What the load generator is asked for, and what it answers. */
import { Schema } from "effect"

export const Job = Schema.Struct({
  /** `http://127.0.0.1:port/webhooks/bench` */
  url: Schema.String,
  /** How long each body is. */
  bytes: Schema.Int,
  connections: Schema.Int,
  /** How many invite to each Live before the next one comes; with one, nobody shares a call. */
  peoplePerLive: Schema.Int,
  /** Deliveries in a second, sent when they are due whatever the answers do; null: each connection sends when it is answered. */
  rate: Schema.NullOr(Schema.Finite),
  /** It ends with this many deliveries, or after these seconds. */
  deliveries: Schema.Int,
  seconds: Schema.Finite,
  /** Before that, not counted. */
  warmUpSeconds: Schema.Finite,
  /** Process ids whose processor time is measured. */
  processes: Schema.optionalKey(Schema.Array(Schema.Int))
})

export type Job = typeof Job.Type

/** Times are in milliseconds. */
export const Result = Schema.Struct({
  /** Answered with 2xx. */
  accepted: Schema.Int,
  /** Answered otherwise, and not answered at all. */
  failed: Schema.Int,
  seconds: Schema.Finite,
  perSecond: Schema.Finite,
  /** Processor time that each of the processes used while it was measured, in microseconds. */
  processor: Schema.Array(Schema.NullOr(Schema.Finite)),
  /** Of the accepted: from when it was sent, or was to be sent where there is a rate, to the end of the answer. */
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

/** What else it is told: `first` wants one to be accepted. */
export const Message = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("first"), url: Schema.String }),
  Schema.Struct({ kind: Schema.Literal("run"), job: Job })
])

export type Message = typeof Message.Type
