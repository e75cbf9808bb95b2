/** Where a person is named beside their own rows: as an inviter, in others' attempts, in the reason of a pause. */
import { Effect, Option, Schema, Stream } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import type { Forgotten } from "@usher/model/Forgotten"
import { locking } from "../rows/locks.ts"
import type { Store } from "../rows/store.ts"
import { retried } from "../rows/transaction.ts"
import { pages } from "./batches.ts"
import { type Own, slices } from "./invitations.ts"
import type { Mention } from "./mention.ts"
import { isNamedIn } from "./texts.ts"

/** What was found in a batch, and what takes it away. */
export interface Finding {
  readonly counts: Partial<Forgotten>
  readonly take: Effect.Effect<unknown, SqlError.SqlError>
}

export type Findings = Stream.Stream<Finding, SqlError.SqlError>

/** What takes the place of a reason that somebody wrote. */
const removed = "removed: it named a person who was forgotten"

const idOf = ({ id }: { readonly id: string }) => id

const inviters = (sql: SqlClient.SqlClient, mention: Mention): Findings =>
  pages(
    "",
    (after: string, limit) =>
      sql<{ id: string; invited_by: string | null }>`SELECT id, invited_by FROM invitations
        WHERE id > ${after} ORDER BY id LIMIT ${limit}`,
    idOf
  ).pipe(
    Stream.map((rows): Finding => {
      const ids = rows.filter(({ invited_by }) => isNamedIn(mention, invited_by)).map(idOf)
      return {
        counts: { inviters: ids.length },
        // The batch ends with the inviter.
        take: Effect.forEach(slices(ids), (some) =>
          sql`WITH locked AS MATERIALIZED (SELECT id FROM invitations
                WHERE ${sql.in("id", some)} AND invited_by IS NOT NULL ORDER BY id ${locking(sql).toChange})
              UPDATE invitations SET batch = substr(batch, 1, length(batch) - length(invited_by)), invited_by = NULL
              WHERE id IN (SELECT id FROM locked)`.pipe(retried)
        )
      }
    })
  )

interface Part {
  readonly invitation_id: string
  readonly attempt_id: string
  readonly error: string | null
  readonly participant: string | null
}

const ErrorRecord = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
const decodeError = Schema.decodeUnknownOption(ErrorRecord)

/** The error without what the upstream said; none where it names the person all the same. */
const withoutAnswer = (mention: Mention, error: string | null): string | null => {
  if (!isNamedIn(mention, error)) return error
  const rest = Option.map(decodeError(error), (fields) => JSON.stringify({ ...fields, answer: undefined }))
  return Option.getOrNull(Option.filter(rest, (text) => !isNamedIn(mention, text)))
}

const parts = (sql: SqlClient.SqlClient, mention: Mention, own: Own): Findings =>
  pages(
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

const answers = (sql: SqlClient.SqlClient, mention: Mention, own: Own): Findings =>
  pages(
    "",
    (after: string, limit) =>
      sql<{ id: string; answer: string | null }>`SELECT id, answer FROM attempts
        WHERE id > ${after} ORDER BY id LIMIT ${limit}`,
    idOf
  ).pipe(
    Stream.map((rows): Finding => {
      const ids = rows.filter(({ id, answer }) => !own.calls.has(id) && isNamedIn(mention, answer)).map(idOf)
      return {
        counts: { attempts: ids.length },
        take: Effect.forEach(slices(ids), (some) =>
          sql`WITH locked AS MATERIALIZED (SELECT id FROM attempts
                WHERE ${sql.in("id", some)} ORDER BY id ${locking(sql).toChange})
              UPDATE attempts SET answer = NULL WHERE id IN (SELECT id FROM locked)`.pipe(retried)
        )
      }
    })
  )

/** The keys of rows with a reason: few. */
const reasons = (sql: SqlClient.SqlClient, mention: Mention, table: string, key: string): Findings =>
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

export const beside = ({ sql }: Store, mention: Mention, own: Own): Findings =>
  Stream.concat(
    Stream.concat(inviters(sql, mention), parts(sql, mention, own)),
    Stream.concat(
      answers(sql, mention, own),
      Stream.concat(reasons(sql, mention, "spots", "name"), reasons(sql, mention, "paused_sources", "source"))
    )
  )
