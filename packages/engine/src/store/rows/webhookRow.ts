/** How a webhook's row is written and read. */
import { DateTime, Schema } from "effect"
import { type Webhook, WebhookStatus } from "@usher/model/Webhook"
import type { Incoming } from "../accept/incoming.ts"
import { Headers, laneNamed, laneNumbers, LaneNumber, reader } from "./rows.ts"

/** What `accept` writes. */
export const columns = [
  "id",
  "source",
  "delivery_id",
  "body_hash",
  "sender",
  "status",
  "lane",
  "received_at",
  "received_by",
  "traceparent",
  "headers",
  "body"
]

/** In the order of the columns. */
export const valuesOf = ({ id, deliveryId, hash, webhook, receivedAt, relay }: Incoming) => [
  id,
  webhook.source,
  deliveryId,
  hash,
  webhook.sender,
  "received",
  laneNumbers[webhook.lane ?? "live"],
  receivedAt,
  relay,
  webhook.traceparent,
  JSON.stringify(webhook.headers),
  webhook.body
]

/** Reads what `columns` name, and what became of the webhook. */
export const webhook = reader(
  Schema.Struct({
    id: Schema.String,
    source: Schema.String,
    delivery_id: Schema.String,
    sender: Schema.String,
    status: WebhookStatus,
    lane: LaneNumber,
    received_at: Schema.Int,
    received_by: Schema.NullOr(Schema.String),
    reason: Schema.NullOr(Schema.String),
    traceparent: Schema.NullOr(Schema.String),
    headers: Headers,
    body: Schema.Uint8Array,
    mapping_version: Schema.NullOr(Schema.String),
    first_webhook: Schema.NullOr(Schema.String),
    released_at: Schema.NullOr(Schema.Int),
    released_by: Schema.NullOr(Schema.String),
    verified: Schema.BooleanFromBit
  }),
  (row): Webhook => ({
    id: row.id,
    source: row.source,
    sender: row.sender,
    deliveryId: row.delivery_id === "" ? null : row.delivery_id,
    firstWebhookId: row.first_webhook,
    receivedAt: DateTime.makeUnsafe(row.received_at),
    receivedBy: row.received_by,
    release:
      row.released_at === null
        ? null
        : {
            at: DateTime.makeUnsafe(row.released_at),
            by: row.released_by ?? "",
            verified: row.verified
          },
    headers: row.headers,
    body: row.body,
    traceparent: row.traceparent,
    lane: laneNamed(row.lane),
    status: row.status,
    reason: row.reason,
    mappingVersion: row.mapping_version
  })
)
