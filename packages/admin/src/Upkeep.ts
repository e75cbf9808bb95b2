/**
 * Maintenance of a relay: delete old data, reload the configuration.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { InvitationStatus } from "@usher/model/Invitation"
import { WebhookStatus } from "@usher/model/Webhook"
import * as Page from "./Page.ts"
import { Conflict, Invalid } from "./Problem.ts"
import { ProgressStream } from "./Progress.ts"
import * as Selection from "./Selection.ts"

/**
 * The endpoints that purge and reload.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("upkeep").add(
  HttpApiEndpoint.post("purge", "/purge", {
    payload: Selection.make(
      {
        /** Delete invitations with these statuses that have ended, with their attempts. */
        invitations: Schema.optionalKey(Selection.someOf(InvitationStatus)),
        /** Delete the bodies and headers of webhooks with these statuses. */
        webhooks: Schema.optionalKey(Selection.someOf(WebhookStatus))
      },
      {
        /** Only what was received, or ended, before this time. Not in the future. */
        before: Page.Time,
        /** Delete the delivery ids of those webhooks, too: a resend is then a new webhook. Default: false. */
        deliveryIds: Schema.optionalKey(Schema.Boolean)
      }
    ),
    success: ProgressStream,
    error: Invalid
  }).annotate(
    OpenApi.Summary,
    "Delete what is old: the statuses that are named, or with all: true every invitation that has ended and the bodies of all webhooks that are done"
  ),
  HttpApiEndpoint.post("reload", "/reload", {
    success: Schema.Struct({
      /** What is different now, a sentence each; empty when the file had not changed. */
      changes: Schema.Array(Schema.String)
    }),
    error: [Invalid, Conflict]
  }).annotate(OpenApi.Summary, "Take up the changed configuration file, or refuse it whole")
)
