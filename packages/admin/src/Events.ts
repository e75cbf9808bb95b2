/**
 * What changes, as it changes. Without addresses.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { InvitationStatus } from "@usher/model/Invitation"
import { WebhookStatus } from "@usher/model/Webhook"
import { Authorization } from "./Access.ts"
import { Exact } from "./Exact.ts"
import { SpotState } from "./Spots.ts"

/**
 * What changed. `changed`: something did in another relay on the same database, or more at once than is told one by one:
 * look again.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Event = Schema.Union([
  Schema.Struct({
    type: Schema.tag("webhook"),
    id: Schema.String,
    source: Schema.String,
    status: WebhookStatus
  }),
  Schema.Struct({
    type: Schema.tag("invitation"),
    id: Schema.String,
    spot: Schema.String,
    liveId: Schema.String,
    status: InvitationStatus
  }),
  Schema.Struct({ type: Schema.tag("spot"), spot: Schema.String, state: SpotState }),
  Schema.Struct({
    type: Schema.tag("source"),
    source: Schema.String,
    state: Schema.Literals(["active", "paused"])
  }),
  Schema.Struct({
    type: Schema.tag("live"),
    spot: Schema.String,
    liveId: Schema.String,
    state: Schema.Literals(["parked", "unparked"])
  }),
  Schema.Struct({ type: Schema.tag("quarantine"), id: Schema.String, source: Schema.String }),
  Schema.Struct({ type: Schema.tag("changed"), what: Schema.Literal("everything") })
]).annotate({ identifier: "Event" })

/**
 * What the schema `Event` decodes to.
 *
 * @category models
 * @since 0.1.0
 */
export type Event = typeof Event.Type

/**
 * The endpoint of live events.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const group = HttpApiGroup.make("events")
  .add(
    HttpApiEndpoint.get("stream", "/events", { success: HttpApiSchema.StreamSse({ data: Event }) }).annotate(
      OpenApi.Summary,
      "Live events. After a reconnection, look again: what happened in between is not told"
    )
  )
  .middleware(Exact)
  .middleware(Authorization)
