/** Finds a person in other people's rows: as an inviter, in attempts, in the reason of a pause, in a job. */
import { Clock, Effect, Option, Schema, Stream } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type { ForgottenCounts } from "@usher/model/Forgotten"
import { locking } from "../rows/locks.ts"
import type { Store } from "../rows/store.ts"
import { retried } from "../rows/transaction.ts"
import { pages } from "./batches.ts"
import { type Own, slices } from "./invitations.ts"
import type { Mention } from "./mention.ts"
import { isNamedIn } from "./texts.ts"

/** The findings of a batch, and the effect that removes them. */
export interface Finding {
  readonly counts: Partial<ForgottenCounts>
  readonly take: Effect.Effect<unknown, SqlError.SqlError>
}

export type Findings = Stream.Stream<Finding, SqlError.SqlError>

/** Replaces a reason that names the person. */
const removed = "removed: it named a person who was forgotten"

interface Part {
  readonly invitation_id: string
  readonly attempt_id: string
  readonly error: string | null
  readonly participant: string | null
}

const ErrorRecord = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
const decodeError = Schema.decodeUnknownOption(ErrorRecord)

/** The error without the upstream's answer; null if it still names the person. */
const withoutAnswer = (mention: Mention, error: string | null): string | null => {
  if (!isNamedIn(mention, error)) return error
  const rest = Option.map(decodeError(error), (fields) => JSON.stringify({ ...fields, answer: undefined }))
  return Option.getOrNull(Option.filter(rest, (text) => !isNamedIn(mention, text)))
}

export const beside = ({ sql }: Store, mention: Mention, own: Own): Findings => {
  const { toChange } = locking(sql)

  /** Searches a text column, by the ids of the rows. */
  const column = (
    table: "invitations" | "attempts",
    name: "invited_by" | "answer",
    kind: "inviters" | "attempts",
    changes: Statement.Fragment
  ): Findings =>
    pages(
      "",
      (after: string, limit) =>
        sql<{ id: string; text: string | null }>`SELECT id, ${sql(name)} AS text FROM ${sql(table)}
          WHERE id > ${after} ORDER BY id LIMIT ${limit}`,
      ({ id }) => id
    ).pipe(
      Stream.map((rows): Finding => {
        const ids = rows.flatMap(({ id, text }) =>
          !own.calls.has(id) && isNamedIn(mention, text) ? [id] : []
        )
        return {
          counts: { [kind]: ids.length },
          take: Effect.forEach(slices(ids), (some) =>
            sql`WITH locked AS MATERIALIZED (SELECT id FROM ${sql(table)}
                  WHERE ${sql.in("id", some)} AND ${sql(name)} IS NOT NULL ORDER BY id ${toChange})
                UPDATE ${sql(table)} SET ${changes} WHERE id IN (SELECT id FROM locked)`.pipe(retried)
          )
        }
      })
    )

  const parts: Findings = pages(
    { invitation: "", attempt: "" },
    ({ invitation, attempt }, limit) =>
      sql<Part>`SELECT invitation_id, attempt_id, error, participant FROM attempt_invitations
        WHERE (invitation_id, attempt_id) > (${invitation}, ${attempt}) ORDER BY invitation_id, attempt_id LIMIT ${limit}`,
    ({ invitation_id, attempt_id }) => ({ invitation: invitation_id, attempt: attempt_id })
  ).pipe(
    Stream.map((rows): Finding => {
      const found = rows.filter(
        ({ invitation_id, error, participant }) =>
          !own.invitations.has(invitation_id) &&
          (isNamedIn(mention, error) || isNamedIn(mention, participant))
      )
      return {
        counts: { attempts: found.length },
        take: Effect.forEach(found, ({ invitation_id, attempt_id, error, participant }) =>
          sql`UPDATE attempt_invitations SET error = ${withoutAnswer(mention, error)},
              participant = ${isNamedIn(mention, participant) ? null : participant}
              WHERE invitation_id = ${invitation_id} AND attempt_id = ${attempt_id}`.pipe(retried)
        )
      }
    })
  )

  /** Searches the reasons of a small table. */
  const reasons = (table: string, key: string): Findings =>
    Stream.fromEffect(
      Effect.map(
        sql<{ key: string; reason: string | null }>`SELECT ${sql(key)} AS key, reason FROM ${sql(table)}`,
        (rows): Finding => {
          const keys = rows.filter(({ reason }) => isNamedIn(mention, reason)).map(({ key }) => key)
          return {
            counts: { reasons: keys.length },
            take: Effect.forEach(
              slices(keys),
              (some) => sql`UPDATE ${sql(table)} SET reason = ${removed} WHERE ${sql.in(key, some)}`
            )
          }
        }
      )
    )

  /** The selections of jobs. A job that has not ended stops. */
  const selections: Findings = pages(
    "",
    (after: string, limit) =>
      sql<{ id: string; selection: string }>`SELECT id, selection FROM jobs
        WHERE id > ${after} ORDER BY id LIMIT ${limit}`,
    ({ id }) => id
  ).pipe(
    Stream.mapEffect(
      Effect.fnUntraced(function* (jobs) {
        const now = yield* Clock.currentTimeMillis
        const ids = jobs.filter(({ selection }) => isNamedIn(mention, selection)).map(({ id }) => id)
        return {
          counts: { reasons: ids.length },
          take: Effect.forEach(slices(ids), (some) =>
            sql`WITH locked AS MATERIALIZED (SELECT id FROM jobs WHERE ${sql.in("id", some)} ORDER BY id ${toChange})
            UPDATE jobs SET selection = '{}', reason = ${removed}, ended_at = COALESCE(ended_at, ${now}),
              state = CASE WHEN state = 'done' THEN state ELSE 'stopped' END
            WHERE id IN (SELECT id FROM locked)`.pipe(retried)
          )
        } satisfies Finding
      })
    )
  )

  // The batch key ends with the inviter.
  const withoutInviter = sql`batch_key = substr(batch_key, 1, length(batch_key) - length(invited_by)), invited_by = NULL`
  return Stream.fromIterable([
    column("invitations", "invited_by", "inviters", withoutInviter),
    parts,
    column("attempts", "answer", "attempts", sql`answer = NULL`),
    reasons("spots", "name"),
    reasons("paused_sources", "source"),
    selections
  ]).pipe(Stream.flatMap((findings) => findings))
}
