/** How the tables' rows are read and written; the domain never sees them. */
import { DateTime, Schema } from "effect"
import { type Invitation, InviteError, Participant } from "@usher/core"
import { InvitationStatus, StoredInvitation } from "../Dispatch.ts"
import { Webhook, WebhookStatus } from "../Webhook.ts"

const Headers = Schema.fromJsonString(Schema.Record(Schema.String, Schema.String))

const WebhookRow = Schema.Struct({
  id: Schema.String,
  source: Schema.String,
  delivery_id: Schema.String,
  headers: Headers,
  body: Schema.Uint8Array,
  traceparent: Schema.NullOr(Schema.String),
  received_at: Schema.DateTimeUtcFromMillis,
  status: WebhookStatus,
  reason: Schema.NullOr(Schema.String)
})

const decodeWebhookRow = Schema.decodeUnknownSync(WebhookRow)

export const webhook = (row: unknown): Webhook => {
  const { delivery_id: deliveryId, received_at: receivedAt, ...rest } = decodeWebhookRow(row)
  return { ...rest, deliveryId, receivedAt }
}

export const encodeHeaders = Schema.encodeSync(Headers)

const invitationColumns = {
  live_id: Schema.String,
  member: Schema.String,
  invited_by: Schema.NullOr(Schema.String),
  notify: Schema.NullOr(Schema.BooleanFromBit)
}

const invitation = (row: Schema.Struct.Type<typeof invitationColumns>): Invitation.Invitation => ({
  liveId: row.live_id,
  member: row.member,
  ...(row.invited_by === null ? {} : { invitedBySpotMemberId: row.invited_by }),
  ...(row.notify === null ? {} : { withEmailNotification: row.notify })
})

const decodeClaimRow = Schema.decodeUnknownSync(
  Schema.Struct({
    id: Schema.String,
    ...invitationColumns,
    attempts: Schema.Int,
    lease: Schema.String,
    created_at: Schema.DateTimeUtcFromMillis,
    traceparent: Schema.NullOr(Schema.String)
  })
)

export const claim = (row: unknown) => {
  const { id, attempts: attempt, lease, created_at: createdAt, traceparent, ...columns } = decodeClaimRow(row)
  return { id, invitation: invitation(columns), attempt, createdAt, lease, traceparent }
}

const decodeInvitationRow = Schema.decodeUnknownSync(
  Schema.Struct({
    id: Schema.String,
    spot: Schema.String,
    ...invitationColumns,
    status: InvitationStatus,
    attempts: Schema.Int,
    due_at: Schema.DateTimeUtcFromMillis,
    created_at: Schema.DateTimeUtcFromMillis,
    settled_at: Schema.NullOr(Schema.DateTimeUtcFromMillis),
    last_error: Schema.NullOr(Schema.String),
    trace_id: Schema.NullOr(Schema.String),
    webhook_ids: Schema.fromJsonString(Schema.Array(Schema.String))
  })
)

export const storedInvitation = (row: unknown): StoredInvitation => {
  const decoded = decodeInvitationRow(row)
  return {
    id: decoded.id,
    spot: decoded.spot,
    ...invitation(decoded),
    status: decoded.status,
    attempts: decoded.attempts,
    dueAt: decoded.due_at,
    createdAt: decoded.created_at,
    settledAt: decoded.settled_at,
    lastError: decoded.last_error,
    traceId: decoded.trace_id,
    webhookIds: decoded.webhook_ids
  }
}

const encodeError = Schema.encodeSync(Schema.fromJsonString(Schema.toCodecJson(InviteError.InviteError)))
const encodeParticipant = Schema.encodeSync(Schema.fromJsonString(Participant.Participant))

/** The two columns of an attempt's result. */
export const result = (
  result: Participant.Participant | InviteError.InviteError
): { readonly error: string | null; readonly participant: string | null } =>
  result instanceof Participant.Participant
    ? { error: null, participant: encodeParticipant(result) }
    : { error: encodeError(result), participant: null }

/** Whole milliseconds: a backoff with jitter has fractions. */
export const millis = (time: DateTime.Utc): number => Math.round(DateTime.toEpochMillis(time))
