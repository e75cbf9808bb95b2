/**
 * Refused deliveries: kept with their diagnosis, and released once the secret or the configuration is right.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Authorization } from "./Access.ts"
import { Exact } from "./Exact.ts"
import { Body } from "./Body.ts"
import * as Page from "./Page.ts"
import { NotFound, Unavailable } from "./Problem.ts"
import * as Selection from "./Selection.ts"

/**
 * A refused delivery.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Quarantined = Schema.Struct({
  /** The id of the delivery. */
  id: Schema.String,
  /** The source's name. */
  source: Schema.String,
  /** The kind of system that sends, such as `typeform`. */
  sender: Schema.String,
  /** When it was last received. */
  receivedAt: Page.Time,
  /** When it was first received. */
  firstAt: Page.Time,
  /** How often it was received. */
  times: Schema.Int,
  /** Why it was refused when it was last received, as a word and as a sentence. */
  reason: Schema.String,
  /** Why it was refused, as a sentence. */
  detail: Schema.String,
  /** Bytes of the body. */
  size: Schema.Int
}).annotate({ identifier: "Quarantined" })

/**
 * What the schema `Quarantined` decodes to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Quarantined extends Schema.Schema.Type<typeof Quarantined> {}

/**
 * Why a delivery does not verify now: a reason of the verifier, `SourceNotConfigured`, or `NotJudged`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Refusal = Schema.Struct({
  /** The reason as a word. */
  reason: Schema.String,
  /** A sentence that quotes nothing of the delivery. */
  detail: Schema.String
})

/**
 * A refused delivery with its headers, its body and its diagnosis.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Detail = Schema.Struct({
  /** The delivery itself. */
  delivery: Quarantined,
  /** Every header by its name. `•••` replaces the values of secrets, signatures and other proofs. */
  headers: Schema.Record(Schema.String, Schema.String),
  /** Its body. */
  body: Body,
  /** Whether it verifies now. */
  verifies: Schema.Boolean,
  /** Why it does not verify now. Null where it does. */
  refusal: Schema.NullOr(Refusal),
  /** What may explain the refusal, the most likely first. */
  findings: Schema.Array(Schema.Struct({ finding: Schema.String, sentence: Schema.String })),
  /** What was not looked for and why, as a sentence. Null where nothing was left out. */
  untried: Schema.NullOr(Schema.String)
}).annotate({ identifier: "QuarantinedDetail" })

/**
 * What the schema `Detail` decodes to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Detail extends Schema.Schema.Type<typeof Detail> {}

/** These ids, the deliveries of a source, the ids that belong to the source, or `all: true` alone. */
const which = { ids: Schema.optionalKey(Selection.Ids), source: Schema.optionalKey(Selection.Text) }

/** Ids that were given and are not in quarantine. */
const unknown = Schema.Array(Schema.String)

/**
 * A delivery that a release left in quarantine.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Stayed = Schema.Struct({
  /** The id of the delivery. */
  id: Schema.String,
  /** The source's name. */
  source: Schema.String,
  ...Refusal.fields
}).annotate({ identifier: "Stayed" })

/**
 * What the schema `Stayed` decodes to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Stayed extends Schema.Schema.Type<typeof Stayed> {}

/**
 * What a release has done.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Released = Schema.Struct({
  /** Accepted now, or before. */
  released: Schema.Int,
  /** Of the released: their sender's retry had been accepted before. */
  duplicates: Schema.Int,
  /** Still refused, and still in quarantine. */
  refused: Schema.Int,
  /** How many are still refused, by reason. */
  reasons: Schema.Record(Schema.String, Schema.Int),
  /** The first 100 that are still refused, with the reason. */
  stayed: Schema.Array(Stayed),
  unknown
}).annotate({ identifier: "Released" })

/**
 * What the schema `Released` decodes to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Released extends Schema.Schema.Type<typeof Released> {}

/**
 * The endpoints of the quarantine.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const group = HttpApiGroup.make("quarantine")
  .add(
    HttpApiEndpoint.get("list", "/quarantine", {
      query: { source: Schema.optionalKey(Selection.Text), ...Page.options },
      success: Page.of(Quarantined),
      error: Unavailable
    }).annotate(OpenApi.Summary, "Refused deliveries, newest first"),
    HttpApiEndpoint.get("get", "/quarantine/:id", {
      params: { id: Schema.String },
      success: Detail,
      error: [NotFound, Unavailable]
    }).annotate(OpenApi.Summary, "One refused delivery, why it does not verify now, and what may explain it"),
    HttpApiEndpoint.post("release", "/quarantine/release", {
      payload: Selection.make(which, {
        /** Accept deliveries that do not verify, too: the caller answers for them. Default: false. */
        unverified: Schema.optionalKey(Schema.Boolean)
      }),
      success: Released,
      error: Unavailable
    }).annotate(OpenApi.Summary, "Verify deliveries again and accept those that verify"),
    HttpApiEndpoint.post("discard", "/quarantine/discard", {
      payload: Selection.make(which, {}),
      success: Schema.Struct({ discarded: Schema.Int, unknown }),
      error: Unavailable
    }).annotate(OpenApi.Summary, "Delete refused deliveries")
  )
  .middleware(Exact)
  .middleware(Authorization)
