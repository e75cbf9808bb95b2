/**
 * The quarantine: refused deliveries with their diagnosis. Release them after correcting the secret or the configuration.
 */
import { Schema, Struct } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Discarded, Quarantined as Stored, Refusal, Released, ReleasePlan } from "@usher/model/Quarantined"
import { Requires } from "./Access.ts"
import { Body } from "./Body.ts"
import * as Page from "./Page.ts"
import { NotFound } from "./Problem.ts"
import * as Selection from "./Selection.ts"

/**
 * A refused delivery, as lists show it.
 *
 * @category schemas
 */
export const Quarantined = Stored.mapFields(Struct.omit(["method", "path", "headers"])).annotate({
  identifier: "Quarantined"
})

/**
 * What the schema `Quarantined` decodes to.
 *
 * @category models
 */
export interface Quarantined extends Schema.Schema.Type<typeof Quarantined> {}

/**
 * A refused delivery with its headers, its body and its diagnosis.
 *
 * @category schemas
 */
export const Detail = Schema.Struct({
  /** The delivery itself. */
  delivery: Quarantined,
  /** Every header by its name. `•••` replaces the values of secrets, signatures and other proofs. */
  headers: Schema.Record(Schema.String, Schema.String),
  /** Its body. */
  body: Body,
  /** Whether the delivery verifies now. */
  verifies: Schema.Boolean,
  /** Why the delivery does not verify now. Null if it does. */
  refusal: Schema.NullOr(Refusal),
  /** Possible causes of the refusal, most likely first. */
  findings: Schema.Array(Schema.Struct({ finding: Schema.String, sentence: Schema.String })),
  /** The checks that were skipped, and why. Null if none were. */
  untried: Schema.NullOr(Schema.String)
}).annotate({ identifier: "QuarantinedDetail" })

/**
 * What the schema `Detail` decodes to.
 *
 * @category models
 */
export interface Detail extends Schema.Schema.Type<typeof Detail> {}

/** Ids, a source, both (the ids that belong to the source), or `all: true` alone. */
const which = { ids: Schema.optionalKey(Selection.Ids), source: Schema.optionalKey(Selection.Text) }

/**
 * The endpoints of the quarantine.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("quarantine").add(
  HttpApiEndpoint.get("list", "/quarantine", {
    query: { source: Schema.optionalKey(Selection.Text), ...Page.options(Page.idCursor("qu")) },
    success: Page.of(Quarantined)
  }).annotate(OpenApi.Summary, "Refused deliveries, newest first"),
  HttpApiEndpoint.get("get", "/quarantine/:id", {
    params: { id: Schema.String },
    success: Detail,
    error: NotFound
  }).annotate(OpenApi.Summary, "One refused delivery with its diagnosis"),
  HttpApiEndpoint.post("plan", "/quarantine/plan", {
    payload: Selection.make(which, {}),
    success: ReleasePlan
  })
    .annotate(Requires, "read")
    .annotate(OpenApi.Summary, "Verify deliveries again to plan a release or a discard. Changes nothing"),
  HttpApiEndpoint.post("release", "/quarantine/release", {
    payload: Selection.make(which, {
      ...Selection.pin,
      /** Also accept deliveries that do not verify, on the responsibility of the caller. Default: false. */
      unverified: Schema.optionalKey(Schema.Boolean)
    }),
    success: Released
  }).annotate(OpenApi.Summary, "Verify deliveries again and accept those that verify"),
  HttpApiEndpoint.post("discard", "/quarantine/discard", {
    payload: Selection.make(which, Selection.pin),
    success: Discarded
  }).annotate(OpenApi.Summary, "Delete refused deliveries")
)
