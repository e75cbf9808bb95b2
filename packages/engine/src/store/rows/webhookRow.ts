/** How a webhook's row is written and read. */
import { DateTime, Schema } from "effect"
import { type Webhook, WebhookStatus } from "@usher/model/Webhook"
import type { Incoming } from "../accept/incoming.ts"
import type { Columns } from "./manyRows.ts"
import { Headers, laneNamed, laneNumbers, LaneNumber, reader } from "./rows.ts"

/** What `accept` writes. */
export const columns: Columns<Incoming> = {
  id: ["TEXT", ({ id }) => id],
  source: ["TEXT", ({ webhook }) => webhook.source],
  delivery_id: ["TEXT", ({ deliveryId }) => deliveryId],
  body_hash: ["TEXT", ({ hash }) => hash],
  sender: ["TEXT", ({ webhook }) => webhook.sender],
  status: ["TEXT", () => "received"],
  lane: ["INT", ({ webhook }) => laneNumbers[webhook.lane ?? "live"]],
  received_at: ["BIGINT", ({ receivedAt }) => receivedAt],
  received_by: ["TEXT", ({ relay }) => relay],
  traceparent: ["TEXT", ({ webhook }) => webhook.traceparent],
  headers: ["TEXT", ({ webhook }) => JSON.stringify(webhook.headers)],
  body: ["BYTEA", ({ webhook }) => webhook.body]
}

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
