/**
 * The life of a stored invitation, from claim to settlement.
 */
import { type DateTime, type Duration, Schema } from "effect"
import { Invitation, InviteError, Participant } from "@usher/core"

/**
 * Where an invitation stands. `rejected` and `exhausted` are the dead letters.
 *
 * @category models
 * @since 0.1.0
 */
export const InvitationStatus = Schema.Literals([
  "pending",
  "sending",
  "invited",
  "already_invited",
  "rejected",
  "exhausted",
  "expired",
  "cancelled"
])

/**
 * An invitation that is leased to one dispatcher: nobody else sends it before the lease ends.
 *
 * @category models
 * @since 0.1.0
 */
export interface Claim {
  readonly id: string
  readonly invitation: Invitation.Invitation
  /** 1 for the first. */
  readonly attempt: number
  readonly createdAt: DateTime.Utc
  /** The fence: a settlement with another token changes nothing. */
  readonly lease: string
  /** W3C `traceparent` of the webhook that asked for it. */
  readonly traceparent: string | null
}

/**
 * How an attempt ended, and what becomes of the invitation.
 *
 * @category models
 * @since 0.1.0
 */
export interface Settlement {
  readonly startedAt: DateTime.Utc
  readonly duration: Duration.Duration
  readonly traceId: string | null
  readonly result: Participant.Participant | InviteError.InviteError
  readonly next:
    | { readonly status: "invited" | "already_invited" | "rejected" | "exhausted" }
    /** `burnt: false` when the attempt says nothing about this invitation (a wrong key, a spent budget). */
    | { readonly status: "pending"; readonly dueAt: DateTime.Utc; readonly burnt: boolean }
}

/**
 * A stored invitation, as people look at it.
 *
 * @category models
 * @since 0.1.0
 */
export const StoredInvitation = Schema.Struct({
  id: Schema.String,
  spot: Schema.String,
  ...Invitation.Invitation.fields,
  status: InvitationStatus,
  attempts: Schema.Int,
  dueAt: Schema.DateTimeUtc,
  createdAt: Schema.DateTimeUtc,
  settledAt: Schema.NullOr(Schema.DateTimeUtc),
  /** The tag of the last attempt's error. */
  lastError: Schema.NullOr(Schema.String),
  /** Of the last attempt. */
  traceId: Schema.NullOr(Schema.String),
  webhookIds: Schema.Array(Schema.String)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface StoredInvitation extends Schema.Schema.Type<typeof StoredInvitation> {}
