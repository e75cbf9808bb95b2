/** How the tables' rows are read and written; the domain never sees them. */
import { DateTime, Duration, Effect, Option, Result, Schema, type SchemaIssue } from "effect"
import { Invitation, InviteError, Participant } from "@usher/core"
import {
  InvitationStatus,
  type Lane,
  type StoredAttempt,
  type StoredInvitation
} from "@usher/model/Invitation"
import type { Claim } from "../../ports/Claiming.ts"
import { never, text } from "./store.ts"
import { timeOfUlid } from "./ulidTime.ts"

const lanes = ["live", "retry", "replay", "import"] as const

/** Lanes are numbers in the tables, lower first. */
export const laneNumbers: Readonly<Record<Lane, number>> = { live: 0, retry: 1, replay: 2, import: 3 }

export const LaneNumber = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3 }))

export const Headers = Schema.fromJsonString(Schema.Record(Schema.String, Schema.String))

const decodeHeaders = Schema.decodeUnknownOption(Headers)

/** None where the column is not as it is meant to be. */
export const headersOf = (column: string): Readonly<Record<string, string>> =>
  Option.getOrElse(decodeHeaders(column), () => ({}))

/** A row as it is meant to be, or what is wrong with it: the names of columns, never what stands in them. */
export type Read<A> = Result.Result<A, { readonly id: string; readonly columns: string }>

/** Reads a row by its schema. */
export const reader = <S extends Schema.ConstraintDecoder<unknown>, A>(
  schema: S,
  make: (row: S["Type"]) => A
) => {
  const decode = Schema.decodeUnknownResult(schema, { errors: "all" })
  return (row: { readonly id: unknown }): Read<A> =>
    Result.match(decode(row), {
      onSuccess: (decoded) => Result.succeed(make(decoded)),
      onFailure: ({ issue }) => Result.fail({ id: String(row.id), columns: columnsOf(issue).join(", ") })
    })
}

const columnsOf = (issue: SchemaIssue.Issue): ReadonlyArray<string> => {
  switch (issue._tag) {
    case "Pointer":
      return [String(issue.path[0])]
    case "Composite":
    case "AnyOf":
      return [...new Set(issue.issues.flatMap(columnsOf))]
    case "Encoding":
      return columnsOf(issue.issue)
  }
  return []
}

export const laneNamed = (lane: number): Lane => lanes[lane] ?? "live"

const invitationColumns = {
  live_id: Invitation.LiveId,
  invited_by: Schema.NullOr(Schema.NonEmptyString),
  notify: Schema.NullOr(Schema.BooleanFromBit)
}

/** What can go in one call has the same batch: Live, notification, how many at the most, inviter. */
export const batchOf = (
  { liveId, withEmailNotification: notify, invitedBySpotMemberId: inviter }: Invitation.Invitation,
  together: number | null = null
): string =>
  `${liveId} ${notify === undefined ? "" : Number(notify)} ${together ?? ""} ${text(inviter ?? "")}`

const wanted = (row: Schema.Struct.Type<typeof invitationColumns>) => ({
  liveId: row.live_id,
  ...(row.invited_by === null ? {} : { invitedBySpotMemberId: row.invited_by }),
  ...(row.notify === null ? {} : { withEmailNotification: row.notify })
})

export const claim = reader(
  Schema.Struct({
    id: Schema.String,
    spot: Schema.String,
    source: Schema.String,
    ...invitationColumns,
    member: Schema.NonEmptyString,
    lane: LaneNumber,
    attempts: Schema.Int,
    lease: Schema.String,
    asked_at: Schema.Int,
    received_at: Schema.NullOr(Schema.Int),
    expires_at: Schema.Int,
    together: Schema.NullOr(Schema.Int),
    traceparent: Schema.NullOr(Schema.String)
  }),
  (row): Claim => ({
    id: row.id,
    spot: row.spot,
    source: row.source,
    invitation: { ...wanted(row), member: row.member },
    lane: laneNamed(row.lane),
    attempt: row.attempts,
    askedAt: DateTime.makeUnsafe(row.asked_at),
    receivedAt: DateTime.makeUnsafe(row.received_at ?? row.asked_at),
    expiresAt: deadline(row.expires_at),
    together: row.together,
    lease: row.lease,
    traceparent: row.traceparent
  })
)

const deadline = (at: number) => (at === never ? null : DateTime.makeUnsafe(at))

export const storedInvitation = reader(
  Schema.Struct({
    id: Schema.String,
    spot: Schema.String,
    ...invitationColumns,
    member: Schema.NullOr(Schema.NonEmptyString),
    source: Schema.String,
    status: InvitationStatus,
    lane: LaneNumber,
    attempts: Schema.Int,
    due_at: Schema.Int,
    expires_at: Schema.Int,
    created_at: Schema.Int,
    settled_at: Schema.NullOr(Schema.Int),
    last_error: Schema.NullOr(Schema.String),
    trace_id: Schema.NullOr(Schema.String),
    lost_lease: Schema.NullOr(Schema.String)
  }),
  (row): Omit<StoredInvitation, "webhookIds"> => ({
    id: row.id,
    spot: row.spot,
    ...wanted(row),
    member: row.member,
    source: row.source,
    status: row.status,
    lane: laneNamed(row.lane),
    attempts: row.attempts,
    dueAt: DateTime.makeUnsafe(row.due_at),
    expiresAt: deadline(row.expires_at),
    createdAt: DateTime.makeUnsafe(row.created_at),
    settledAt: row.settled_at === null ? null : DateTime.makeUnsafe(row.settled_at),
    lastError: row.last_error,
    traceId: row.trace_id,
    ...lostCallAt(row.lost_lease)
  })
)

/** The time is in the lease. */
const lostCallAt = (lease: string | null) => {
  const at = lease === null ? undefined : timeOfUlid(lease)
  return at === undefined ? {} : { lostCallAt: DateTime.makeUnsafe(at) }
}

const ErrorText = Schema.fromJsonString(Schema.toCodecJson(InviteError.InviteError))
const ParticipantText = Schema.fromJsonString(Participant.Participant)

export const encodeError = Schema.encodeSync(ErrorText)
export const encodeParticipant = Schema.encodeSync(ParticipantText)

export const attempt = reader(
  Schema.Struct({
    id: Schema.String,
    number: Schema.Int,
    started_at: Schema.Int,
    duration_ms: Schema.Int,
    upstream_status: Schema.NullOr(Schema.Int),
    error: Schema.NullOr(ErrorText),
    participant: Schema.NullOr(ParticipantText),
    answer: Schema.NullOr(Schema.String),
    trace_id: Schema.NullOr(Schema.String)
  }),
  (row): StoredAttempt => ({
    id: row.id,
    number: row.number,
    startedAt: DateTime.makeUnsafe(row.started_at),
    duration: Duration.millis(row.duration_ms),
    upstreamStatus: row.upstream_status,
    error: row.error,
    participant: row.participant,
    answer: row.answer,
    traceId: row.trace_id
  })
)

/** The rows that can be read. One that can't is no reason to keep back the others: it is logged, and `setAside`. */
export const readable = Effect.fnUntraced(function* <A, E = never, R = never>(
  reads: ReadonlyArray<Read<A>>,
  table: "webhooks" | "invitations" | "attempts",
  setAside?: (id: string, columns: string) => Effect.Effect<unknown, E, R>
): Effect.fn.Return<ReadonlyArray<A>, E, R> {
  for (const { id, columns } of reads.filter(Result.isFailure).map(({ failure }) => failure)) {
    yield* Effect.logError(`a row of ${table} can't be read and is skipped`).pipe(
      Effect.annotateLogs({ "row.id": id, columns })
    )
    if (setAside !== undefined) yield* setAside(id, columns)
  }
  return reads.filter(Result.isSuccess).map(({ success }) => success)
})
