/**
 * An invitation as it is stored: one person to one Live, and the upstream calls that were made for it.
 */
import { Schema } from "effect"
import { Invitation, InviteError, Participant } from "@usher/core"
import { Time } from "./Time.ts"

/**
 * Where an invitation stands. `rejected` and `exhausted` are the dead letters; `corrupt` is a row that could not be read
 * and was set aside.
 *
 * @category models
 */
export const InvitationStatus = Schema.Literals([
  "pending",
  "sending",
  "invited",
  "already_invited",
  "rejected",
  "exhausted",
  "expired",
  "cancelled",
  "corrupt"
])

/**
 * The status of an invitation: `pending` and `sending` while it is open, or how it ended.
 *
 * @category models
 */
export type InvitationStatus = typeof InvitationStatus.Type

/**
 * The statuses of an open invitation: due now or later, or with a dispatcher.
 *
 * @category models
 */
export const OpenStatus = Schema.Literals(["pending", "sending"])

/**
 * The statuses of dead letters: rejected by the upstream, or exhausted after the last attempt.
 *
 * @category models
 */
export const DeadLetterStatus = Schema.Literals(["rejected", "exhausted"])

/**
 * What goes first: sign-ups that arrive now, then their retries, then replays, then imports. A retry of a replay is a
 * replay still.
 *
 * @category models
 */
export const Lane = Schema.Literals(["live", "retry", "replay", "import"])

/**
 * The lanes in order of precedence: sign-ups that arrive now, retries, replays, imports.
 *
 * @category models
 */
export type Lane = typeof Lane.Type

/**
 * A stored invitation, as people look at it.
 *
 * @category models
 */
export const StoredInvitation = Schema.Struct({
  /** The id, which begins with `inv_`. */
  id: Schema.String,
  /** The Spot that sends it. */
  spot: Schema.String,
  ...Invitation.Invitation.fields,
  /** Null once the person is forgotten. One that an older version stored may be no member that is taken now. */
  member: Schema.NullOr(Schema.String),
  /** Of the first webhook that asked for it. */
  source: Schema.String,
  /** Whether it is open, or how it ended. */
  status: InvitationStatus,
  /** The lane in which it is sent. */
  lane: Lane,
  /** How many calls counted as attempts. */
  attempts: Schema.Int,
  /** When it is, or was, due next. */
  dueAt: Time,
  /** Not sent from then on; null for never. */
  expiresAt: Schema.NullOr(Time),
  /** When it was stored first. */
  createdAt: Time,
  /** When it ended; null while it is open. */
  settledAt: Schema.NullOr(Time),
  /** The tag of the last attempt's error. */
  lastError: Schema.NullOr(Schema.String),
  /** Of the last attempt. */
  traceId: Schema.NullOr(Schema.String),
  /** When the last call was claimed whose answer was lost: its relay has ended since. Absent if none was. */
  lostCallAt: Schema.optionalKey(Time),
  /** The ids of the webhooks that asked for it, oldest first. */
  webhookIds: Schema.Array(Schema.String)
})

/**
 * An invitation as it is stored, with what became of it.
 *
 * @category models
 */
export interface StoredInvitation extends Schema.Schema.Type<typeof StoredInvitation> {}

/**
 * What one upstream call meant for one invitation.
 *
 * @category models
 */
export const StoredAttempt = Schema.Struct({
  /** The same for all invitations that were in one call. */
  id: Schema.String,
  /** 1 for the invitation's first. */
  number: Schema.Int,
  /** When the call began. */
  startedAt: Time,
  /** How long the call took. */
  duration: Schema.Duration,
  /** The HTTP status, if there was an answer. */
  upstreamStatus: Schema.NullOr(Schema.Int),
  /** Why the call failed; null if it did not. */
  error: Schema.NullOr(InviteError.InviteError),
  /** The participant that the upstream answered with; null without one. */
  participant: Schema.NullOr(Participant.Participant),
  /** A bounded piece of what the upstream said, if it said anything but what was expected. */
  answer: Schema.NullOr(Schema.String),
  /** The id of the trace that the call is in. */
  traceId: Schema.NullOr(Schema.String)
})

/**
 * One upstream call for an invitation, as it is stored.
 *
 * @category models
 */
export interface StoredAttempt extends Schema.Schema.Type<typeof StoredAttempt> {}
