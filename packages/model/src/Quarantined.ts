/**
 * Refused deliveries in quarantine, and the results of releasing and discarding them.
 */
import { Schema } from "effect"
import { Reason as RefusedReason } from "@usher/signatures/VerificationFailed"
import { Time } from "./Time.ts"

/**
 * A delivery that was refused.
 *
 * @category models
 */
export const Quarantined = Schema.Struct({
  /** The id, which begins with `qu_`. */
  id: Schema.String,
  /** The name of the source. */
  source: Schema.String,
  /** The sender of the source. */
  sender: Schema.String,
  /** When it was first received. */
  firstAt: Time,
  /** When it was last received. The signature is from then, and is verified by this time. */
  lastAt: Time,
  /** How often it was received. */
  times: Schema.Int,
  /** Why it was refused. */
  reason: RefusedReason,
  /** The same as a sentence, which quotes nothing of the delivery. */
  message: Schema.String,
  /** The method of the request. */
  method: Schema.String,
  /** Without its query, which may carry a token. */
  path: Schema.String,
  /** The values of secrets, signatures and other proofs are masked. */
  headers: Schema.Record(Schema.String, Schema.String),
  /** Bytes of the body. */
  size: Schema.Int
})

/**
 * A delivery that was refused, without its body.
 *
 * @category models
 */
export interface Quarantined extends Schema.Schema.Type<typeof Quarantined> {}

/**
 * Why a delivery stays in quarantine: the verifier's reason; its source was removed from the configuration; or it could not be
 * judged within the bounds of the process that judges.
 *
 * @category models
 */
export const Reason = Schema.Literals([...RefusedReason.literals, "SourceNotConfigured", "NotJudged"])

/**
 * Why a delivery stays in quarantine.
 *
 * @category models
 */
export type Reason = typeof Reason.Type

/**
 * Why a delivery can't be released as verified.
 *
 * @category schemas
 */
export const Refusal = Schema.Struct({
  /** The reason as a word. */
  reason: Reason,
  /** A sentence that quotes nothing of the delivery. */
  message: Schema.String
})

/**
 * Why a delivery can't be released as verified.
 *
 * @category models
 */
export interface Refusal extends Schema.Schema.Type<typeof Refusal> {}

/**
 * A delivery that stays in quarantine, and why.
 *
 * @category schemas
 */
export const Stayed = Schema.Struct({
  /** The id of the delivery. */
  id: Schema.String,
  /** The name of its source. */
  source: Schema.String,
  ...Refusal.fields
})

/**
 * A delivery that stays in quarantine, and why.
 *
 * @category models
 */
export interface Stayed extends Schema.Schema.Type<typeof Stayed> {}

/**
 * The result of releasing deliveries.
 *
 * @category schemas
 */
export const Released = Schema.Struct({
  /** Deliveries that were accepted, now or before. */
  released: Schema.Int,
  /** Of these, deliveries whose retry by the sender was accepted before. */
  duplicates: Schema.Int,
  /** Deliveries that stay in quarantine. */
  refused: Schema.Int,
  /** The number of deliveries that stay, by reason. */
  reasons: Schema.Record(Schema.String, Schema.Int),
  /** The first 100 deliveries that stay. */
  stayed: Schema.Array(Stayed),
  /** Ids that were selected and are not in quarantine. */
  unknown: Schema.Array(Schema.String)
})

/**
 * The result of releasing deliveries.
 *
 * @category models
 */
export interface Released extends Schema.Schema.Type<typeof Released> {}

/**
 * The plan of releasing or discarding deliveries.
 *
 * @category schemas
 */
export const ReleasePlan = Schema.Struct({
  /** The number of deliveries. */
  deliveries: Schema.Int,
  /** The number of deliveries that verify now. */
  verifying: Schema.Int,
  /** The number of the others, by reason. */
  reasons: Schema.Record(Schema.String, Schema.Int),
  /** Ids that were selected and are not in quarantine. */
  unknown: Schema.Array(Schema.String),
  /** The time of the plan. */
  asOf: Time
}).annotate({ identifier: "ReleasePlan" })

/**
 * The plan of releasing or discarding deliveries.
 *
 * @category models
 */
export interface ReleasePlan extends Schema.Schema.Type<typeof ReleasePlan> {}

/**
 * The result of discarding deliveries.
 *
 * @category schemas
 */
export const Discarded = Schema.Struct({
  /** The number of discarded deliveries. */
  discarded: Schema.Int,
  /** Ids that were selected and are not in quarantine. */
  unknown: Schema.Array(Schema.String)
})

/**
 * The result of discarding deliveries.
 *
 * @category models
 */
export interface Discarded extends Schema.Schema.Type<typeof Discarded> {}
