/**
 * The audit log: who did what, when and from where.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import * as Page from "./Page.ts"
import * as Selection from "./Selection.ts"

/**
 * How an act was requested. `config`: the relay acted by its configuration. `unknown`: an older entry without this field.
 *
 * @category schemas
 */
export const Via = Schema.Literals(["token", "session", "cli", "config", "unknown"])

/**
 * What the schema `Via` decodes to.
 *
 * @category models
 */
export type Via = typeof Via.Type

/**
 * One act with its result. The log stores the start and the result as two entries.
 *
 * @category schemas
 */
export const Entry = Schema.Struct({
  /** The id of the act. */
  id: Schema.String,
  /** Position of the first entry of the act in the log. */
  number: Schema.Int,
  /** When the act began. */
  at: Page.Time,
  /** The name of the token, or of the user of the command line. */
  who: Schema.String,
  /** How the act was requested. */
  via: Via,
  /** The client's IP address. */
  ip: Schema.NullOr(Schema.String),
  /** Group and endpoint, such as `spots.pause`. */
  what: Schema.String,
  /** The parameters of the act. A keyed digest, `person:…`, replaces each email address and member id. */
  parameters: Schema.Record(Schema.String, Schema.Unknown),
  /** `begun`, `done` with an optional count, `failed` with the reason, or `interrupted`. */
  result: Schema.String,
  /** When the result was recorded. */
  endedAt: Schema.NullOr(Page.Time)
}).annotate({ identifier: "AuditEntry" })

/**
 * What the schema `Entry` decodes to.
 *
 * @category models
 */
export interface Entry extends Schema.Schema.Type<typeof Entry> {}

/**
 * The result of a check of the hash chain.
 *
 * @category schemas
 */
export const Verification = Schema.Struct({
  /** Whether no entry was changed or removed. */
  isIntact: Schema.Boolean,
  /** How many entries were checked. */
  entries: Schema.Int,
  /** The first entry in the log: 1, or the entry after those that retention removed. */
  from: Schema.NullOr(Schema.Int),
  /** The last entry. Keep its hash elsewhere to prove later that nobody rewrote the log up to it. */
  head: Schema.NullOr(Schema.Struct({ number: Schema.Int, hash: Schema.String })),
  /** The first invalid entry. */
  fault: Schema.NullOr(
    Schema.Struct({
      number: Schema.Int,
      reason: Schema.Literals(["edited", "missing", "unlinked", "truncated"]),
      detail: Schema.String
    })
  )
}).annotate({ identifier: "AuditVerification" })

/**
 * What the schema `Verification` decodes to.
 *
 * @category models
 */
export interface Verification extends Schema.Schema.Type<typeof Verification> {}

/**
 * The endpoints of the audit log.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("audit").add(
  HttpApiEndpoint.get("list", "/audit", {
    query: { what: Schema.optionalKey(Selection.Text), ...Page.options(Page.idCursor("aud")) },
    success: Page.of(Entry)
  }).annotate(OpenApi.Summary, "Entries of the audit log, newest first"),
  HttpApiEndpoint.get("verify", "/audit/verify", { success: Verification }).annotate(
    OpenApi.Summary,
    "Check the hash chain, and name the first invalid entry"
  )
)
