/**
 * An invitation as it is stored: one person to one Live, and the upstream calls that were made for it.
 */
import { Schema } from "effect"
import { Invitation, InviteError, Participant } from "@usher/core"
import { Time } from "./Time.ts"

/**
 * The statuses of an invitation. `rejected` and `exhausted` are the dead letters; `corrupt` marks a row that could not be
 * read and was set aside.
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
 * The status of an invitation: `pending` or `sending` while it is open, else its outcome.
 *
 * @category models
 */
export type InvitationStatus = typeof InvitationStatus.Type

/**
 * The statuses of an open invitation: it is due now or later, or a dispatcher is sending it.
 *
 * @category models
 */
export const OpenStatus = Schema.Literals(["pending", "sending"])

/**
 * The statuses of a finished invitation, which a purge may delete.
 *
 * @category models
 */
export const FinishedStatus = Schema.Literals([
  "invited",
  "already_invited",
  "rejected",
  "exhausted",
  "expired",
  "cancelled"
])

/**
 * The statuses of dead letters: rejected by the upstream, or exhausted after the last attempt.
 *
 * @category models
 */
export const DeadLetterStatus = Schema.Literals(["rejected", "exhausted"])

/**
 * The statuses that a replay of named invitations sends again: every outcome but success.
 *
 * @category models
 */
export const ReplayableStatus = Schema.Literals([...DeadLetterStatus.literals, "expired", "cancelled"])

/**
 * The lanes in order of precedence: new sign-ups, then their retries, then replays, then imports. The retry of a replay
 * stays a replay.
 *
 * @category models
 */
export const Lane = Schema.Literals(["live", "retry", "replay", "import"])

/**
 * A lane, in order of precedence: new sign-ups, retries, replays, imports.
 *
 * @category models
 */
export type Lane = typeof Lane.Type

/**
 * A stored invitation, for display.
 *
 * @category models
 */
export const StoredInvitation = Schema.Struct({
  /** The id, which begins with `inv_`. */
  id: Schema.String,
  /** The Spot that sends it. */
  spot: Schema.String,
  ...Invitation.Invitation.fields,
  /** The member; null once the person is forgotten. An older version may have stored a value that is invalid now. */
  member: Schema.NullOr(Schema.String),
  /** The source of the first webhook that requested it. */
  source: Schema.String,
  /** The status. */
  status: InvitationStatus,
  /** The lane in which it is sent. */
  lane: Lane,
  /** The number of calls that count as attempts. */
  attempts: Schema.Int,
  /** When it is or was due. */
  dueAt: Time,
  /** When it expires; null for never, or while the beginning of its Live is unknown. */
  expiresAt: Schema.NullOr(Time),
  /**
   * `follows` if it expires when its Live begins, `reading` while it waits for the relay to read that beginning. Absent if
   * it has a deadline of its own, or none.
   */
  liveDeadline: Schema.optionalKey(Schema.Literals(["follows", "reading"])),
  /** When it was created. */
  createdAt: Time,
  /** When it was requested last: at its creation, by a replay, or by a later webhook that made it pending again. */
  requestedAt: Time,
  /** When it ended; null while it is open. */
  settledAt: Schema.NullOr(Time),
  /** The tag of the last attempt's error. */
  lastError: Schema.NullOr(Schema.String),
  /** The trace of the last attempt. */
  traceId: Schema.NullOr(Schema.String),
  /** When the last call without an answer was claimed, if its relay ended during the call. Absent otherwise. */
  lostCallAt: Schema.optionalKey(Time),
  /**
   * The operator who cancelled it. It stays if a late response shows that the person was invited. Absent if the person was
   * forgotten, or nobody cancelled it.
   */
  cancelledBy: Schema.optionalKey(Schema.String),
  /** The ids of the webhooks that requested it, oldest first. */
  webhookIds: Schema.Array(Schema.String)
})

/**
 * A stored invitation with its outcome.
 *
 * @category models
 */
export interface StoredInvitation extends Schema.Schema.Type<typeof StoredInvitation> {}

/**
 * One upstream call for one invitation.
 *
 * @category models
 */
export const StoredAttempt = Schema.Struct({
  /** The id of the call, equal for all its invitations. */
  id: Schema.String,
  /** The number of the attempt, from 1. */
  number: Schema.Int,
  /** When the call began. */
  startedAt: Time,
  /** How long the call took. */
  duration: Schema.Duration,
  /** The HTTP status, if there was an answer. */
  upstreamStatus: Schema.NullOr(Schema.Int),
  /** The error of the call; null if it succeeded. */
  error: Schema.NullOr(InviteError.InviteError),
  /** The participant in the answer; null without one. */
  participant: Schema.NullOr(Participant.Participant),
  /** An excerpt of the answer, if it was unexpected. */
  answer: Schema.NullOr(Schema.String),
  /** The id of the trace of the call. */
  traceId: Schema.NullOr(Schema.String)
})

/**
 * One upstream call for an invitation, as it is stored.
 *
 * @category models
 */
export interface StoredAttempt extends Schema.Schema.Type<typeof StoredAttempt> {}
