/** Deletes old data. Of a webhook, only the fact that it was received remains. */
import { DateTime, Effect, Stream } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import * as Invitation from "@usher/model/Invitation"
import * as Webhook from "@usher/model/Webhook"
import type { InboxUnavailable } from "../ports/Inbox.ts"
import type { PurgeOptions } from "../ports/Operations.ts"
import { locking } from "./rows/locks.ts"
import { idsOf, type Store } from "./rows/store.ts"
import { transaction, toInboxUnavailable } from "./rows/transaction.ts"
import { oldestFirst, type KeyRange } from "./rows/keyRanges.ts"

type Fragment = Statement.Fragment

/** The rows that a purge deletes or empties. */
const selecting = (sql: SqlClient.SqlClient, options: PurgeOptions) => {
  const { all } = options
  const before = DateTime.toEpochMillis(options.before)
  return {
    ended: options.invitations ?? (all && Invitation.FinishedStatus.literals),
    stored: options.webhooks ?? (all && Webhook.FinishedStatus.literals),
    before,
    within: ({ above, upTo }: KeyRange) => sql`id > ${above} AND id <= ${upTo}`,
    oldInvitations: (statuses: ReadonlyArray<string>) => [
      sql`state = 'finished'`,
      sql`settled_at < ${before}`,
      sql.in("status", statuses)
    ],
    oldWebhooks: (statuses: ReadonlyArray<string>) => [
      sql`received_at < ${before}`,
      sql.in("status", statuses)
    ]
  }
}

/** How many invitations `purge` would delete, how many webhooks it would empty, and how many delivery ids it would delete. */
export const purgePlan = (store: Store) =>
  Effect.fnUntraced(function* (options: PurgeOptions) {
    const { sql } = store
    const { ended, oldInvitations, oldWebhooks, stored, within } = selecting(sql, options)
    /** An invitation that stays keeps the delivery ids of its webhooks. */
    const staying = sql`SELECT 1 FROM webhook_invitations JOIN invitations ON invitations.id = invitation_id
      WHERE webhook_id = webhooks.id AND NOT (${ended === undefined ? sql`1 = 0` : sql.and(oldInvitations(ended))})`
    const count = (table: "invitations" | "webhooks", old: ReadonlyArray<Fragment> | undefined) =>
      old === undefined
        ? Effect.succeed(0)
        : oldestFirst(store, table).pipe(
            Stream.mapEffect((stretch) =>
              Effect.map(
                sql<{ count: number }>`SELECT count(*) AS count FROM ${sql(table)}
                  WHERE ${sql.and([within(stretch), ...old])}`,
                ([found]) => found?.count ?? 0
              )
            ),
            Stream.runFold(
              () => 0,
              (sum, found) => sum + found
            )
          )
    return {
      invitations: yield* count("invitations", ended && oldInvitations(ended)),
      webhooks: yield* count("webhooks", stored && oldWebhooks(stored)),
      deliveryIds: yield* count(
        "webhooks",
        options.deliveryIds === true
          ? stored && [...oldWebhooks([...stored, "purged"]), sql`NOT EXISTS (${staying})`]
          : undefined
      )
    }
  }, toInboxUnavailable)

export const purge =
  (store: Store) =>
  (options: PurgeOptions): Stream.Stream<number, InboxUnavailable> => {
    const { sql } = store
    const { lock, lockToDelete, toDelete } = locking(sql)
    const { ended, oldInvitations, oldWebhooks, stored, within } = selecting(sql, options)

    const invitations = Effect.fnUntraced(
      function* (stretch: KeyRange, statuses: ReadonlyArray<string>) {
        const old = oldInvitations(statuses)
        const found = yield* sql<{ id: string; person: string }>`SELECT id, person FROM invitations
        WHERE ${sql.and([within(stretch), ...old])}`
        if (found.length === 0) return 0
        yield* lockToDelete(
          "people",
          found.map(({ person }) => person)
        )
        // Some were replayed or requested again since they were found.
        const stillThere = sql.in("id", idsOf(found))
        const gone = yield* sql<{ id: string; person: string }>`SELECT id, person FROM invitations
        WHERE ${sql.and([stillThere, ...old])} ORDER BY id ${toDelete}`
        if (gone.length === 0) return 0
        const ids = idsOf(gone)
        yield* sql`DELETE FROM webhook_invitations WHERE ${sql.in("invitation_id", ids)}`
        yield* deleteAttempts(store, ids)
        yield* sql`DELETE FROM invitations WHERE ${sql.in("id", ids)}`
        yield* sql`DELETE FROM people WHERE ${sql.in("id", [...new Set(gone.map(({ person }) => person))])}
        AND NOT EXISTS (SELECT 1 FROM invitations WHERE invitations.person = people.id)`
        return gone.length
      },
      transaction(sql),
      toInboxUnavailable
    )

    const webhooks = Effect.fnUntraced(
      function* (stretch: KeyRange, statuses: ReadonlyArray<string>) {
        const isDeleting = options.deliveryIds === true
        const old = oldWebhooks(isDeleting ? [...statuses, "purged"] : statuses)
        const found = idsOf(
          yield* sql<{ id: string }>`SELECT id FROM webhooks WHERE ${sql.and([within(stretch), ...old])}`
        )
        if (found.length === 0) return 0
        const these = sql.in("id", found)
        const repeats = isDeleting ? yield* repeatsOf(store, found) : []
        yield* (isDeleting ? lockToDelete : lock)("webhooks", [...found, ...repeats])
        const emptied = yield* sql`UPDATE webhooks SET status = 'purged', ${empty(sql)}
          WHERE ${sql.and([these, ...oldWebhooks(statuses)])} RETURNING id`
        if (!isDeleting) return emptied.length
        const gone = yield* sql<{ id: string }>`DELETE FROM webhooks WHERE ${these} AND status = 'purged'
          AND NOT EXISTS (SELECT 1 FROM webhook_invitations WHERE webhook_id = webhooks.id) RETURNING id`
        yield* nameFirsts(store, idsOf(gone))
        return Math.max(emptied.length, gone.length)
      },
      transaction(sql),
      toInboxUnavailable
    )

    return Stream.concat(
      ended === undefined
        ? Stream.empty
        : Stream.mapEffect(oldestFirst(store, "invitations"), (stretch) => invitations(stretch, ended)),
      stored === undefined
        ? Stream.empty
        : Stream.mapEffect(oldestFirst(store, "webhooks"), (stretch) => webhooks(stretch, stored))
    )
  }

/** The webhooks that repeat the id of one of these. */
const repeatsOf = ({ sql }: Store, ids: ReadonlyArray<string>) =>
  Effect.map(sql<{ id: string }>`SELECT id FROM webhooks WHERE ${sql.in("first_webhook", ids)}`, idsOf)

/** Makes the oldest of the webhooks that repeat a deleted one's id the first with this id. */
const nameFirsts = Effect.fnUntraced(function* (store: Store, deleted: ReadonlyArray<string>) {
  if (deleted.length === 0) return
  const { sql } = store
  const orphaned = sql.in("first_webhook", deleted)
  // Those that came since are newer than all locked ones.
  yield* locking(sql).lock("webhooks", yield* repeatsOf(store, deleted))
  const named = yield* sql`UPDATE webhooks SET first_webhook = NULL
    WHERE ${orphaned} AND id = (SELECT min(id) FROM webhooks other WHERE other.first_webhook = webhooks.first_webhook) RETURNING id`
  if (named.length === 0) return
  yield* sql`UPDATE webhooks SET first_webhook = (SELECT id FROM webhooks other WHERE other.source = webhooks.source
    AND other.delivery_id = webhooks.delivery_id AND other.first_webhook IS NULL AND other.delivery_id <> '') WHERE ${orphaned}`
})

/** Assignments that empty a webhook. */
export const empty = (sql: SqlClient.SqlClient) =>
  sql`reason = NULL, traceparent = NULL, headers = '{}', body = ${new Uint8Array()}`

/**
 * Deletes what these invitations have in calls, and calls that included nobody else. The invitations are already locked.
 * Each call is locked before it is checked: if two transactions each delete a part, the later one deletes the call.
 */
export const deleteAttempts = Effect.fnUntraced(function* (
  { sql }: Store,
  invitationIds: ReadonlyArray<string>
) {
  const parts = yield* sql<{ attempt_id: string }>`DELETE FROM attempt_invitations
    WHERE ${sql.in("invitation_id", invitationIds)} RETURNING attempt_id`
  const calls = [...new Set(parts.map(({ attempt_id }) => attempt_id))]
  if (calls.length === 0) return
  yield* locking(sql).lockToDelete("attempts", calls)
  yield* sql`DELETE FROM attempts WHERE ${sql.in("id", calls)}
    AND NOT EXISTS (SELECT 1 FROM attempt_invitations WHERE attempt_id = attempts.id)`
  // An answer about many people may be about any of them.
  yield* sql`UPDATE attempts SET answer = NULL WHERE ${sql.in("id", calls)}`
})
