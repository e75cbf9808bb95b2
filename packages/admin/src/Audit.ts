/**
 * Who changed what, and when.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Authorization } from "./Access.ts"
import * as Page from "./Page.ts"
import { Unavailable } from "./Problem.ts"

/**
 * @category schemas
 * @since 0.1.0
 */
export const Entry = Schema.Struct({
  id: Schema.String,
  at: Page.Time,
  /** The name of the token. */
  who: Schema.String,
  /** Group and endpoint, such as `spots.pause`. */
  what: Schema.String,
  /** What it was about, without addresses. */
  parameters: Schema.Record(Schema.String, Schema.Unknown),
  /** `done`, with a number where something was counted; `failed`, and why; or `interrupted`. */
  result: Schema.String
}).annotate({ identifier: "AuditEntry" })

/**
 * @category models
 * @since 0.1.0
 */
export interface Entry extends Schema.Schema.Type<typeof Entry> {}

/**
 * @category endpoints
 * @since 0.1.0
 */
export const group = HttpApiGroup.make("audit")
  .add(
    HttpApiEndpoint.get("list", "/audit", {
      query: { what: Schema.optionalKey(Schema.String), ...Page.options },
      success: Page.of(Entry),
      error: Unavailable
    }).annotate(OpenApi.Summary, "Changes, newest first")
  )
  .middleware(Authorization)
