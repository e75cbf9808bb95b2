/**
 * Maintenance: delete old data, and reload the configuration.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { InvitationStatus } from "@usher/model/Invitation"
import { WebhookStatus } from "@usher/model/Webhook"
import { Requires } from "./Access.ts"
import * as Page from "./Page.ts"
import { Conflict, Invalid } from "./Problem.ts"
import { ProgressStream } from "./Progress.ts"
import * as Selection from "./Selection.ts"

/**
 * The data to purge.
 *
 * @category schemas
 */
export const Purge = Selection.make(
  {
    /** Delete finished invitations with these statuses, with their attempts. */
    invitations: Schema.optionalKey(Selection.someOf(InvitationStatus)),
    /** Delete the bodies and headers of webhooks with these statuses. */
    webhooks: Schema.optionalKey(Selection.someOf(WebhookStatus))
  },
  {
    /** Delete only webhooks received, and invitations finished, before this time. Not in the future. */
    before: Page.Time,
    /** Also delete the delivery ids of those webhooks. A resend is then a new webhook. Default: false. */
    deliveryIds: Schema.optionalKey(Schema.Boolean)
  }
)

/**
 * The effect of a purge.
 *
 * @category schemas
 */
export const PurgePlan = Schema.Struct({
  /** How many invitations are deleted. */
  invitations: Schema.Int,
  /** How many webhooks lose their bodies and headers. */
  webhooks: Schema.Int,
  /** How many webhooks also lose their delivery ids. 0 unless requested. */
  deliveryIds: Schema.Int
}).annotate({ identifier: "PurgePlan" })

/**
 * The endpoints that purge and reload.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("upkeep").add(
  HttpApiEndpoint.post("purgePlan", "/purge/plan", { payload: Purge, success: PurgePlan, error: Invalid })
    .annotate(Requires, "read")
    .annotate(OpenApi.Summary, "Count what a purge would delete. Changes nothing"),
  HttpApiEndpoint.post("purge", "/purge", {
    payload: Purge,
    success: ProgressStream,
    error: Invalid
  }).annotate(
    OpenApi.Summary,
    "Delete old data: the given statuses, or with all: true every finished invitation and the bodies of all processed webhooks"
  ),
  HttpApiEndpoint.post("reload", "/reload", {
    success: Schema.Struct({
      /** One sentence for each change. Empty if the file has not changed. */
      changes: Schema.Array(Schema.String)
    }),
    error: [Invalid, Conflict]
  }).annotate(OpenApi.Summary, "Reload the configuration file, completely or not at all")
)
