/**
 * Accepted webhooks, with their raw bodies.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { WebhookFilter } from "@usher/model/Search"
import { NamedPeople, Webhook as Stored } from "@usher/model/Webhook"
import { Requires } from "./Access.ts"
import { Invitation } from "./Invitations.ts"
import { Body } from "./Body.ts"
import * as Page from "./Page.ts"
import { NotFound } from "./Problem.ts"
import * as Selection from "./Selection.ts"

/**
 * A webhook in short: with the size in place of the body, and the trace id in place of its header.
 *
 * @category schemas
 */
export const Webhook = Stored.mapFields(
  ({ body: _body, headers: _headers, traceparent: _traceparent, ...fields }) => ({
    ...fields,
    /** The size of the body in bytes. */
    size: Schema.Int,
    /** The trace id of the request. Null if there is none. */
    traceId: Schema.NullOr(Schema.String)
  })
).annotate({ identifier: "Webhook" })

/**
 * What the schema `Webhook` decodes to.
 *
 * @category models
 */
export interface Webhook extends Schema.Schema.Type<typeof Webhook> {}

/**
 * A webhook as lists show it.
 *
 * @category schemas
 */
export const Listed = Webhook.mapFields((fields) => ({
  ...fields,
  /** The people of its invitations. */
  people: NamedPeople
})).annotate({ identifier: "ListedWebhook" })

/**
 * What the schema `Listed` decodes to.
 *
 * @category models
 */
export interface Listed extends Schema.Schema.Type<typeof Listed> {}

/**
 * The people besides the first one, such as `+ 2` or `+ 99 or more`; empty without others.
 *
 * @category accessors
 */
export const others = ({ count, isMore }: NamedPeople): string =>
  count > 1 || isMore ? `+ ${(count - 1).toLocaleString("en")}${isMore ? " or more" : ""}` : ""

/**
 * Conditions, combined with AND.
 *
 * @category schemas
 */
export const Filter = WebhookFilter.annotate({ identifier: "WebhookFilter" })

/**
 * What the schema `Filter` decodes to.
 *
 * @category models
 */
export interface Filter extends Schema.Schema.Type<typeof Filter> {}

/**
 * At least one field of the filter, or `all: true` alone.
 *
 * @category schemas
 */
export const Chosen = Selection.make(Filter.fields, {}).annotate({ identifier: "WebhookSelection" })

/**
 * Like `Chosen`, with the `asOf` of a plan.
 *
 * @category schemas
 */
export const Planned = Selection.make(Filter.fields, Selection.pin).annotate({
  identifier: "PlannedWebhooks"
})

/**
 * What the schema `Planned` decodes to.
 *
 * @category models
 */
export type Planned = typeof Planned.Type

/**
 * What the schema `Chosen` decodes to.
 *
 * @category models
 */
export type Chosen = typeof Chosen.Type

/**
 * One webhook with its headers, its body and its invitations.
 *
 * @category schemas
 */
export const Detail = Schema.Struct({
  /** The webhook itself. */
  webhook: Webhook,
  /** The stored headers, without secrets and signatures. */
  headers: Schema.Record(Schema.String, Schema.String),
  /** Its body. */
  body: Body,
  /** How the source verifies now. Null if the source is no longer configured. */
  verification: Schema.NullOr(Schema.Struct({ scheme: Schema.String })),
  /** The invitations that the webhook requested. */
  invitations: Schema.Array(Invitation)
}).annotate({ identifier: "WebhookDetail" })

/**
 * What the schema `Detail` decodes to.
 *
 * @category models
 */
export interface Detail extends Schema.Schema.Type<typeof Detail> {}

/**
 * The endpoints of webhooks.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("webhooks").add(
  // POST, because a search names people and URLs are logged.
  HttpApiEndpoint.post("search", "/webhooks/search", {
    payload: Schema.Struct({ ...Filter.fields, ...Page.options(Page.idCursor("wh")) }),
    success: Page.of(Listed)
  })
    .annotate(Requires, "read")
    .annotate(OpenApi.Summary, "Search webhooks, newest first"),
  HttpApiEndpoint.get("get", "/webhooks/:id", {
    params: { id: Schema.String },
    success: Detail,
    error: NotFound
  }).annotate(OpenApi.Summary, "One webhook with its headers, its body and its invitations")
)
