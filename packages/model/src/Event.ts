/**
 * Live events about changes, without addresses.
 */
import { Schema } from "effect"
import { InvitationStatus } from "./Invitation.ts"
import { JobState } from "./Job.ts"
import { SpotStatus } from "./Spot.ts"
import { WebhookStatus } from "./Webhook.ts"

/**
 * One change. `changed`: another relay on the same database changed something, or too much changed for single events.
 *
 * @category schemas
 */
export const Event = Schema.Union([
  // A webhook was received or mapped.
  Schema.Struct({
    type: Schema.tag("webhook"),
    id: Schema.String,
    source: Schema.String,
    status: WebhookStatus
  }),
  // An invitation was made, sent or ended.
  Schema.Struct({
    type: Schema.tag("invitation"),
    id: Schema.String,
    spot: Schema.String,
    liveId: Schema.String,
    status: InvitationStatus
  }),
  // A Spot stopped sending, or resumed.
  Schema.Struct({ type: Schema.tag("spot"), spot: Schema.String, state: SpotStatus }),
  // A source was paused or resumed.
  Schema.Struct({
    type: Schema.tag("source"),
    source: Schema.String,
    state: Schema.Literals(["active", "paused"])
  }),
  // A Live was parked, sends again, or was read from the upstream.
  Schema.Struct({
    type: Schema.tag("live"),
    spot: Schema.String,
    liveId: Schema.String,
    state: Schema.Literals(["parked", "unparked", "read"])
  }),
  // A refused delivery was kept, released or discarded.
  Schema.Struct({ type: Schema.tag("quarantine"), id: Schema.String, source: Schema.String }),
  // A job began, made progress, or changed its state.
  Schema.Struct({ type: Schema.tag("job"), id: Schema.String, state: JobState }),
  Schema.Struct({ type: Schema.tag("changed"), what: Schema.Literal("everything") })
]).annotate({ identifier: "Event" })

/**
 * One change.
 *
 * @category models
 */
export type Event = typeof Event.Type
