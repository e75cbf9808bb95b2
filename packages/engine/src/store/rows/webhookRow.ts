/** Reads and writes rows of webhooks. */
import { Schema } from "effect"
import { Webhook } from "@usher/model/Webhook"
import type { Incoming } from "../accept/incoming.ts"
import type { Columns } from "./manyRows.ts"
import { Headers, laneNamed, laneNumbers, LaneNumber, reader } from "./rows.ts"

/** The columns that `accept` writes. */
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

const { release: _, ...fields } = Webhook.fields

/** Reads a webhook with its status and result. */
export const webhook = reader(
  "webhooks",
  Schema.Struct({
    ...fields,
    deliveryId: Schema.String,
    headers: Headers,
    receivedAt: Schema.DateTimeUtcFromMillis,
    mappedAt: Schema.NullOr(Schema.DateTimeUtcFromMillis),
    lane: LaneNumber,
    releasedAt: Schema.NullOr(Schema.DateTimeUtcFromMillis),
    releasedBy: Schema.NullOr(Schema.String),
    verified: Schema.BooleanFromBit
  }),
  { firstWebhookId: "first_webhook" },
  ({ deliveryId, lane, releasedAt: at, releasedBy: by, verified, ...row }): Webhook => ({
    ...row,
    deliveryId: deliveryId === "" ? null : deliveryId,
    lane: laneNamed(lane),
    release: at === null ? null : { at, by: by ?? "", verified }
  })
)
