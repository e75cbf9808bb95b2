/** Reads and writes rows of the tables. The domain never sees them. */
import { DateTime, Effect, Option, Result, Schema, type SchemaIssue } from "effect"
import { Invitation, InviteError, Participant } from "@usher/core"
import { type Lane, StoredAttempt, StoredInvitation } from "@usher/model/Invitation"
import type { Claim } from "../../ports/Claiming.ts"
import { never, text, unread } from "./store.ts"
import { timeOfUlid } from "./ulidTime.ts"

const lanes = ["live", "retry", "replay", "import"] as const

/** The tables store lanes as numbers, lower first. */
export const laneNumbers: Readonly<Record<Lane, number>> = { live: 0, retry: 1, replay: 2, import: 3 }

export const LaneNumber = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3 }))

export const Headers = Schema.fromJsonString(Schema.Record(Schema.String, Schema.String))

const decodeHeaders = Schema.decodeUnknownOption(Headers)

/** Returns no headers if the column is malformed. */
export const headersOf = (column: string): Readonly<Record<string, string>> =>
  Option.getOrElse(decodeHeaders(column), () => ({}))

/** A decoded row, or the names of the columns that are wrong. Never their values. */
export type Read<A> = Result.Result<A, { readonly id: string; readonly columns: string }>

/**
 * Reads rows by a schema whose fields are those of a record. `columns` selects from the table by the names of the
 * fields; a field `dueAt` is the column `due_at`, unless `sources` has another column or an expression.
 */
export const reader = <
  S extends Schema.ConstraintDecoder<unknown> & { readonly fields: Schema.Struct.Fields },
  A
>(
  table: string,
  schema: S,
  sources: { readonly [K in keyof S["fields"]]?: string },
  make: (row: S["Type"]) => A
) => {
  const sourceOf = (field: string) =>
    sources[field] ?? field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const decode = Schema.decodeUnknownResult(schema, { errors: "all" })
  const columns = Object.keys(schema.fields).map((field) => {
    const source = sourceOf(field)
    return `${/^\w+$/.test(source) ? `${table}.` : ""}${source} AS "${field}"`
  })
  return {
    columns: columns.join(", "),
    read: (row: { readonly id: unknown }): Read<A> =>
      Result.match(decode(row), {
        onSuccess: (decoded) => Result.succeed(make(decoded)),
        onFailure: ({ issue }) =>
          Result.fail({
            id: String(row.id),
            columns: fieldsOf(issue)
              .map((field) => /\w+$/.exec(sourceOf(field))?.[0] ?? field)
              .join(", ")
          })
      })
  }
}

const fieldsOf = (issue: SchemaIssue.Issue): ReadonlyArray<string> => {
  switch (issue._tag) {
    case "Pointer":
      return [String(issue.path[0])]
    case "Composite":
    case "AnyOf":
      return [...new Set(issue.issues.flatMap(fieldsOf))]
    case "Encoding":
      return fieldsOf(issue.issue)
  }
  return []
}

export const laneNamed = (lane: number): Lane => lanes[lane] ?? "live"

/** The batch key: invitations with the same Live, notification, largest batch and inviter can share a call. */
export const batchOf = (
  { liveId, withEmailNotification: notify, invitedBySpotMemberId: inviter }: Invitation.Invitation,
  maxBatchSize: number | null = null
): string =>
  `${liveId} ${notify === undefined ? "" : Number(notify)} ${maxBatchSize ?? ""} ${text(inviter ?? "")}`

const Millis = Schema.DateTimeUtcFromMillis

/** The fields of an invitation besides the member. */
const asked = {
  liveId: Invitation.LiveId,
  invitedBySpotMemberId: Schema.NullOr(Schema.NonEmptyString),
  withEmailNotification: Schema.NullOr(Schema.BooleanFromBit)
}

const sources = {
  invitedBySpotMemberId: "invited_by",
  withEmailNotification: "notify",
  member: "(SELECT member FROM people WHERE people.id = invitations.person)"
}

/** Drops the keys that are null. */
const wanted = ({
  liveId,
  invitedBySpotMemberId: inviter,
  withEmailNotification: notify
}: Schema.Struct<typeof asked>["Type"]) => ({
  liveId,
  ...(inviter === null ? {} : { invitedBySpotMemberId: inviter }),
  ...(notify === null ? {} : { withEmailNotification: notify })
})

const deadline = (at: number) => (at === never || at === unread ? null : DateTime.makeUnsafe(at))

const { id, spot, source, status, attempts, lastError, traceId } = StoredInvitation.fields

export const claim = reader(
  "invitations",
  Schema.Struct({
    id,
    spot,
    source,
    ...asked,
    member: Schema.NonEmptyString,
    lane: LaneNumber,
    attempt: attempts,
    leaseToken: Schema.String,
    requestedAt: Millis,
    receivedAt: Schema.NullOr(Millis),
    expiresAt: Schema.Int,
    maxBatchSize: Schema.NullOr(Schema.Int),
    traceparent: Schema.NullOr(Schema.String)
  }),
  { ...sources, attempt: "attempts" },
  ({ liveId, invitedBySpotMemberId, withEmailNotification, member, ...row }): Claim => ({
    ...row,
    invitation: { ...wanted({ liveId, invitedBySpotMemberId, withEmailNotification }), member },
    lane: laneNamed(row.lane),
    receivedAt: row.receivedAt ?? row.requestedAt,
    expiresAt: deadline(row.expiresAt)
  })
)

export const storedInvitation = reader(
  "invitations",
  Schema.Struct({
    id,
    spot,
    ...asked,
    member: Schema.NullOr(Schema.NonEmptyString),
    source,
    status,
    lane: LaneNumber,
    attempts,
    dueAt: Millis,
    expiresAt: Schema.Int,
    createdAt: Millis,
    requestedAt: Millis,
    settledAt: Schema.NullOr(Millis),
    lastError,
    traceId,
    lostCall: Schema.NullOr(Schema.String),
    expiresWithLive: Schema.Int,
    cancelledBy: Schema.NullOr(Schema.String)
  }),
  { ...sources, lostCall: "lost_lease_token" },
  ({
    lostCall,
    expiresWithLive,
    cancelledBy,
    liveId,
    invitedBySpotMemberId,
    withEmailNotification,
    ...row
  }): Omit<StoredInvitation, "webhookIds"> => ({
    ...row,
    ...wanted({ liveId, invitedBySpotMemberId, withEmailNotification }),
    lane: laneNamed(row.lane),
    expiresAt: deadline(row.expiresAt),
    ...lostCallAt(lostCall),
    ...(expiresWithLive === 0 ? {} : { liveDeadline: expiresWithLive === 1 ? "follows" : "reading" }),
    ...(cancelledBy === null ? {} : { cancelledBy })
  })
)

/** The lease is a ULID, which begins with the time. */
const lostCallAt = (lease: string | null) => {
  const at = lease === null ? undefined : timeOfUlid(lease)
  return at === undefined ? {} : { lostCallAt: DateTime.makeUnsafe(at) }
}

const ErrorText = Schema.fromJsonString(Schema.toCodecJson(InviteError.InviteError))
const ParticipantText = Schema.fromJsonString(Participant.Participant)

const decodeError = Schema.decodeUnknownOption(ErrorText)

/** The sentence of an error's column; null if there is none, or it is malformed. */
export const messageOf = (column: string | null): string | null =>
  Option.match(decodeError(column), { onNone: () => null, onSome: ({ message }) => message })

export const encodeError = Schema.encodeSync(ErrorText)
export const encodeParticipant = Schema.encodeSync(ParticipantText)

export const attempt = reader(
  "attempts",
  Schema.Struct({
    ...StoredAttempt.fields,
    startedAt: Millis,
    duration: Schema.DurationFromMillis,
    error: Schema.NullOr(ErrorText),
    participant: Schema.NullOr(ParticipantText)
  }),
  {
    number: "attempt_invitations.number",
    duration: "duration_ms",
    error: "attempt_invitations.error",
    participant: "attempt_invitations.participant"
  },
  (row): StoredAttempt => row
)

/** The readable rows. An unreadable one does not block the others: it is logged and passed to `setAside`. */
export const readable = Effect.fnUntraced(function* <A, E = never, R = never>(
  reads: ReadonlyArray<Read<A>>,
  table: "webhooks" | "invitations" | "attempts",
  setAside?: (id: string, columns: string) => Effect.Effect<unknown, E, R>
) {
  for (const { id, columns } of reads.filter(Result.isFailure).map(({ failure }) => failure)) {
    yield* Effect.logError(`a row of ${table} can't be read and is skipped`).pipe(
      Effect.annotateLogs({ "row.id": id, columns })
    )
    if (setAside !== undefined) yield* setAside(id, columns)
  }
  return reads.filter(Result.isSuccess).map(({ success }) => success)
})
