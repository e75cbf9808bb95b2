/**
 * Webhooks: what senders said, raw bytes kept.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Lane } from "@usher/model/Invitation"
import { WebhookStatus } from "@usher/model/Webhook"
import { Authorization, Requires } from "./Access.ts"
import { Exact } from "./Exact.ts"
import { Invitation } from "./Invitations.ts"
import { Body } from "./Body.ts"
import * as Page from "./Page.ts"
import { NotFound, Unavailable } from "./Problem.ts"
import * as Selection from "./Selection.ts"

/**
 * A webhook that was accepted.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Webhook = Schema.Struct({
  /** Its id. */
  id: Schema.String,
  /** The source's name. */
  source: Schema.String,
  /** The kind of system that sent it, such as `typeform`. */
  sender: Schema.String,
  /** The sender's own id of the delivery. Null where the sender gives none. */
  deliveryId: Schema.NullOr(Schema.String),
  /** The first webhook with this delivery id, where that one has another body. Null for most. */
  firstWebhookId: Schema.NullOr(Schema.String),
  /** How it left the quarantine. Null unless an operator released it. */
  release: Schema.NullOr(Schema.Struct({ at: Page.Time, by: Schema.String, verified: Schema.Boolean })),
  /** When it was received. */
  receivedAt: Page.Time,
  /** Its status. */
  status: WebhookStatus,
  /** What it is sent with: sign-ups that arrive now, retries, replays or imports. */
  lane: Lane,
  /** Why it was ignored, why it is unmappable, or which of its people could not be read. */
  reason: Schema.NullOr(Schema.String),
  /** Bytes of the body. */
  size: Schema.Int,
  /** The id of the trace of its request. Null where there is none. */
  traceId: Schema.NullOr(Schema.String),
  /** Of the mapping that made what it is; null where it is not known. */
  mappingVersion: Schema.NullOr(Schema.String)
}).annotate({ identifier: "Webhook" })

/**
 * What the schema `Webhook` decodes to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Webhook extends Schema.Schema.Type<typeof Webhook> {}

/**
 * All of what is given has to be so.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Filter = Schema.Struct({
  /** These ids only. */
  ids: Schema.optionalKey(Selection.Ids),
  /** Of this source. */
  source: Schema.optionalKey(Selection.Text),
  /** With an invitation to this Live. */
  live: Schema.optionalKey(Selection.Text),
  /** An address or a Spot member id, however written; also of somebody who was forgotten. */
  person: Schema.optionalKey(Selection.Text),
  /** With one of these statuses. */
  status: Schema.optionalKey(Selection.someOf(WebhookStatus)),
  /** In the body, whatever the case of its ASCII letters. */
  text: Schema.optionalKey(Selection.Text),
  /** Received at this time or later. */
  from: Schema.optionalKey(Page.Time),
  /** Received before this time. */
  to: Schema.optionalKey(Page.Time)
}).annotate({ identifier: "WebhookFilter" })

/**
 * What the schema `Filter` decodes to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Filter extends Schema.Schema.Type<typeof Filter> {}

/**
 * Some of what a filter takes, or `all: true` alone.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Chosen = Selection.make(Filter.fields, {}).annotate({ identifier: "WebhookSelection" })

/**
 * What the schema `Chosen` decodes to.
 *
 * @category models
 * @since 0.1.0
 */
export type Chosen = typeof Chosen.Type

/**
 * One webhook with all that came with it and all that was made of it.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Detail = Schema.Struct({
  /** The webhook itself. */
  webhook: Webhook,
  /** Without secrets and signatures. */
  headers: Schema.Record(Schema.String, Schema.String),
  /** Its body. */
  body: Body,
  /** How its source verifies now; null when the source is not configured any more. */
  verification: Schema.NullOr(Schema.Struct({ scheme: Schema.String })),
  /** The invitations that it asked for. */
  invitations: Schema.Array(Invitation)
}).annotate({ identifier: "WebhookDetail" })

/**
 * What the schema `Detail` decodes to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Detail extends Schema.Schema.Type<typeof Detail> {}

/**
 * The endpoints of webhooks.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const group = HttpApiGroup.make("webhooks")
  .add(
    // A search names people, and no address should stand in a URL.
    HttpApiEndpoint.post("search", "/webhooks/search", {
      payload: Schema.Struct({ ...Filter.fields, ...Page.options }),
      success: Page.of(Webhook),
      error: Unavailable
    })
      .annotate(Requires, "read")
      .annotate(OpenApi.Summary, "Search webhooks, newest first"),
    HttpApiEndpoint.get("get", "/webhooks/:id", {
      params: { id: Schema.String },
      success: Detail,
      error: [NotFound, Unavailable]
    }).annotate(OpenApi.Summary, "One webhook with its headers, its body and its invitations")
  )
  .middleware(Exact)
  .middleware(Authorization)
