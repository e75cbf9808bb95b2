/**
 * Deliveries that were refused, kept for a while with their diagnosis: to be released once the secret is mended.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Authorization } from "./Access.ts"
import { Body } from "./Body.ts"
import * as Page from "./Page.ts"
import { NotFound, Unavailable } from "./Problem.ts"

/**
 * @category schemas
 * @since 0.1.0
 */
export const Quarantined = Schema.Struct({
  id: Schema.String,
  source: Schema.String,
  sender: Schema.String,
  /** When it came last. */
  receivedAt: Page.Time,
  firstAt: Page.Time,
  /** How often it came. */
  times: Schema.Int,
  /** Why it was refused, in a word and in a sentence. */
  reason: Schema.String,
  detail: Schema.String,
  /** Bytes of the body. */
  size: Schema.Int
}).annotate({ identifier: "Quarantined" })

/**
 * @category models
 * @since 0.1.0
 */
export interface Quarantined extends Schema.Schema.Type<typeof Quarantined> {}

/**
 * @category schemas
 * @since 0.1.0
 */
export const Detail = Schema.Struct({
  delivery: Quarantined,
  /** Without secrets and signatures. */
  headers: Schema.Record(Schema.String, Schema.String),
  body: Body,
  /** Whether it would be accepted now. */
  verifies: Schema.Boolean,
  /** What may explain the refusal, the most likely first. */
  findings: Schema.Array(Schema.Struct({ finding: Schema.String, sentence: Schema.String }))
}).annotate({ identifier: "QuarantinedDetail" })

/**
 * @category models
 * @since 0.1.0
 */
export interface Detail extends Schema.Schema.Type<typeof Detail> {}

/** Which ones: these, those of a source, or both together; all, without either. */
const Which = Schema.Struct({
  ids: Schema.optionalKey(Schema.Array(Schema.String).check(Schema.isMaxLength(500))),
  source: Schema.optionalKey(Schema.String)
})

/**
 * @category schemas
 * @since 0.1.0
 */
export const Released = Schema.Struct({
  /** Verified now, and accepted. */
  released: Schema.Int,
  /** Still refused, and still here. */
  refused: Schema.Int
}).annotate({ identifier: "Released" })

/**
 * @category endpoints
 * @since 0.1.0
 */
export const group = HttpApiGroup.make("quarantine")
  .add(
    HttpApiEndpoint.get("list", "/quarantine", {
      query: { source: Schema.optionalKey(Schema.String), ...Page.options },
      success: Page.of(Quarantined),
      error: Unavailable
    }).annotate(OpenApi.Summary, "Refused deliveries, newest first"),
    HttpApiEndpoint.get("get", "/quarantine/:id", {
      params: { id: Schema.String },
      success: Detail,
      error: [NotFound, Unavailable]
    }).annotate(OpenApi.Summary, "One refused delivery and what may explain the refusal"),
    HttpApiEndpoint.post("release", "/quarantine/release", {
      payload: Schema.Struct({
        ...Which.fields,
        /** An operator answers for them: they are accepted as they are. */
        unverified: Schema.optionalKey(Schema.Boolean)
      }),
      success: Released,
      error: Unavailable
    }).annotate(OpenApi.Summary, "Verify again, and accept what verifies"),
    HttpApiEndpoint.post("discard", "/quarantine/discard", {
      payload: Which,
      success: Schema.Struct({ discarded: Schema.Int }),
      error: Unavailable
    }).annotate(OpenApi.Summary, "Let go of refused deliveries")
  )
  .middleware(Authorization)
