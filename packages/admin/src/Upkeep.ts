/**
 * Looking after a relay: letting go of what is old, taking up a changed configuration.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { InvitationStatus } from "@usher/engine/Dispatch"
import { WebhookStatus } from "@usher/engine/Webhook"
import { Authorization } from "./Access.ts"
import * as Page from "./Page.ts"
import { Conflict, Invalid, Unavailable } from "./Problem.ts"
import { ProgressStream } from "./Progress.ts"

/**
 * @category endpoints
 * @since 0.1.0
 */
export const group = HttpApiGroup.make("upkeep")
  .add(
    HttpApiEndpoint.post("purge", "/purge", {
      payload: Schema.Struct({
        /** What was received, or ended, before this time. */
        before: Page.Time,
        /** Invitations that ended so go, with their attempts. Default: all that ended. */
        invitations: Schema.optionalKey(Schema.Array(InvitationStatus)),
        /** Webhooks that stand so lose their bodies. Default: all that are mapped, ignored or unmappable. */
        webhooks: Schema.optionalKey(Schema.Array(WebhookStatus)),
        /** Lets go of delivery ids, too: a resend would then be taken for new. */
        deliveryIds: Schema.optionalKey(Schema.Boolean)
      }),
      success: ProgressStream,
      error: Unavailable
    }).annotate(OpenApi.Summary, "Let go of what is old"),
    HttpApiEndpoint.post("reload", "/reload", {
      success: Schema.Struct({
        /** What is different now, a sentence each; empty when the file had not changed. */
        changes: Schema.Array(Schema.String)
      }),
      error: [Invalid, Conflict, Unavailable]
    }).annotate(OpenApi.Summary, "Take up the changed configuration file, or refuse it whole")
  )
  .middleware(Authorization)
