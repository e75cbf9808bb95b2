/**
 * The life of a stored invitation, from claim to settlement.
 */
import { type Array, type DateTime, type Duration, Schema } from "effect"
import { Invitation, InviteError, Participant } from "@usher/core"

/**
 * Where an invitation stands. `rejected` and `exhausted` are the dead letters; `corrupt` is a row that could not be read
 * and was set aside.
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
  "cancelled",
  "corrupt"
])

/**
 * The status of an invitation: `pending` and `sending` while it is open, or how it ended.
 *
 * @category models
 * @since 0.1.0
 */
export type InvitationStatus = typeof InvitationStatus.Type

/**
 * What goes first: sign-ups that arrive now, then their retries, then replays, then imports. A retry of a replay is a
 * replay still.
 *
 * @category models
 * @since 0.1.0
 */
export const Lane = Schema.Literals(["live", "retry", "replay", "import"])

/**
 * The lanes in order of precedence: sign-ups that arrive now, retries, replays, imports.
 *
 * @category models
 * @since 0.1.0
 */
export type Lane = typeof Lane.Type

/**
 * An invitation that is leased to one dispatcher: nobody else sends it before the lease ends.
 *
 * @category models
 * @since 0.1.0
 */
export interface Claim {
  /** The id of the invitation. */
  readonly id: string
  /** The Spot that sends the invitation. */
  readonly spot: string
  /** Of the first webhook that asked for it. */
  readonly source: string
  /** Who is invited to which Live, and how. */
  readonly invitation: Invitation.Invitation
  /** The lane in which the invitation is sent. */
  readonly lane: Lane
  /** 1 for the first. */
  readonly attempt: number
  /** When it was made; later if it was replayed, or asked for again. */
  readonly askedAt: DateTime.Utc
  /** When the webhook came that asks for it, however long it waited to be mapped; `askedAt` where a replay asks. */
  readonly receivedAt: DateTime.Utc
  /** Not to be sent from then on; null for never. */
  readonly expiresAt: DateTime.Utc | null
  /** How many members its call may have at the most, since a larger one was refused; null while none was. */
  readonly together: number | null
  /** The fence: a settlement with another token changes nothing. */
  readonly lease: string
  /** W3C `traceparent` of the webhook that asked for it. */
  readonly traceparent: string | null
}

/**
 * One upstream call that was paid for, by its number in its lane.
 *
 * @category models
 * @since 0.1.0
 */
export interface Spend {
  /** The Spot whose budget paid. */
  readonly spot: string
  /** The lane that the call counts for. */
  readonly lane: number
  /** The number of the call among those of its lane. */
  readonly number: number
  /** When, in milliseconds of this process's monotonic time. */
  readonly since: number
}

/**
 * One upstream call about to be made: a single one, or one for many with the same Live, inviter and notification.
 *
 * @category models
 * @since 0.1.0
 */
export interface Call {
  /** The invitations of the call: one, or several that share the Live, the inviter and the notification. */
  readonly claims: Array.NonEmptyReadonlyArray<Claim>
  /** Null where nobody counts. */
  readonly spend: Spend | null
  /** Whether it is to find out if a Live that was parked is there now. */
  readonly isTrial: boolean
}

/**
 * One upstream call that has ended, and what became of each invitation that was in it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Settlement {
  /** When the call began. */
  readonly startedAt: DateTime.Utc
  /** How long the call took. */
  readonly duration: Duration.Duration
  /** The id of the trace that the call is in. */
  readonly traceId: string | null
  /** What the call was paid from; null where nobody counts. */
  readonly spend?: Spend | null | undefined
  /** What passed from its reservation to its end, without `duration`. Default: none. */
  readonly waited?: Duration.Duration | undefined
  /** What became of each invitation of the call. */
  readonly outcomes: Array.NonEmptyReadonlyArray<Outcome>
}

/**
 * What became of one invitation in a call.
 *
 * @category models
 * @since 0.1.0
 */
export interface Outcome {
  /** The claim under which the invitation was sent. */
  readonly claim: Claim
  /** The participant, or the error. */
  readonly result: Result
  /** What happens to the invitation now: it ends, or is due again. */
  readonly next:
    | { readonly status: "invited" | "already_invited" | "rejected" | "exhausted" }
    | {
        readonly status: "pending"
        readonly dueAt: DateTime.Utc
        /** `false` when the attempt says nothing about this invitation (a wrong key, a spent budget, another member). */
        readonly burnt: boolean
        /** How many members its next call may have at the most. */
        readonly together?: number | undefined
      }
}

/**
 * What a call said of one invitation. `Unlisted`: the answer to a call for many does not name it; a single call tells.
 *
 * @category models
 * @since 0.1.0
 */
export type Result = Participant.Participant | InviteError.InviteError | "Unlisted"

/**
 * A stored invitation, as people look at it.
 *
 * @category models
 * @since 0.1.0
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
  dueAt: Schema.DateTimeUtc,
  /** Not sent from then on; null for never. */
  expiresAt: Schema.NullOr(Schema.DateTimeUtc),
  /** When it was stored first. */
  createdAt: Schema.DateTimeUtc,
  /** When it ended; null while it is open. */
  settledAt: Schema.NullOr(Schema.DateTimeUtc),
  /** The tag of the last attempt's error. */
  lastError: Schema.NullOr(Schema.String),
  /** Of the last attempt. */
  traceId: Schema.NullOr(Schema.String),
  /** When the last call was claimed whose answer was lost: its relay has ended since. Absent if none was. */
  lostCallAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** The ids of the webhooks that asked for it, oldest first. */
  webhookIds: Schema.Array(Schema.String)
})

/**
 * An invitation as it is stored, with what became of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoredInvitation extends Schema.Schema.Type<typeof StoredInvitation> {}

/**
 * What one upstream call meant for one invitation.
 *
 * @category models
 * @since 0.1.0
 */
export const StoredAttempt = Schema.Struct({
  /** The same for all invitations that were in one call. */
  id: Schema.String,
  /** 1 for the invitation's first. */
  number: Schema.Int,
  /** When the call began. */
  startedAt: Schema.DateTimeUtc,
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
 * @since 0.1.0
 */
export interface StoredAttempt extends Schema.Schema.Type<typeof StoredAttempt> {}
