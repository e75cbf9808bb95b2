/**
 * The audit log: who did what, when and from where.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import * as Page from "./Page.ts"
import * as Selection from "./Selection.ts"

/**
 * How an act came in. `config`: the relay itself did it, as its configuration says. `unknown`: it is from before this was
 * recorded.
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
 * One act, with its result once there is one. The log stores the two as entries of their own.
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
  /** How the act came in. */
  via: Via,
  /** The client's IP address. */
  ip: Schema.NullOr(Schema.String),
  /** Group and endpoint, such as `spots.pause`. */
  what: Schema.String,
  /** What it was about. A keyed digest, `person:…`, stands for each e-mail address and member id. */
  parameters: Schema.Record(Schema.String, Schema.Unknown),
  /** `done`, with a number where something was counted; `failed`, and why; `interrupted`; `begun` while there is none. */
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
 * Whether the chain of hashes holds.
 *
 * @category schemas
 */
export const Verification = Schema.Struct({
  /** Whether no entry was changed or removed. */
  isIntact: Schema.Boolean,
  /** How many entries were checked. */
  entries: Schema.Int,
  /** The first entry there is: 1, or the one after those that retention removed. */
  from: Schema.NullOr(Schema.Int),
  /** The last entry. Keep its hash elsewhere to prove later that the log up to it was not rewritten. */
  head: Schema.NullOr(Schema.Struct({ number: Schema.Int, hash: Schema.String })),
  /** The first entry that does not fit. */
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
    query: { what: Schema.optionalKey(Selection.Text), ...Page.options },
    success: Page.of(Entry)
  }).annotate(OpenApi.Summary, "Acts of operators, newest first"),
  HttpApiEndpoint.get("verify", "/audit/verify", { success: Verification }).annotate(
    OpenApi.Summary,
    "Check the chain of hashes, and name the first entry that does not fit"
  )
)
