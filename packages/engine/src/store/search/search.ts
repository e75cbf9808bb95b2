/**
 * Reads webhooks, invitations and attempts, a page at a time. Unreadable rows are left out; the mapper and the
 * dispatcher set them aside.
 */
import { Effect, Result } from "effect"
import type { StoredInvitation } from "@usher/model/Invitation"
import type { InvitationFilter, PageOptions, WebhookFilter } from "@usher/model/Search"
import * as rows from "../rows/rows.ts"
import { idsOf, type Store } from "../rows/store.ts"
import { toInboxUnavailable } from "../rows/transaction.ts"
import { newestFirst, pageOf } from "../rows/keyRanges.ts"
import { webhook as webhookRow } from "../rows/webhookRow.ts"
import * as conditions from "./conditions.ts"

export const searching = (store: Store) => {
  const { sql } = store
  const columns = {
    webhooks: sql.literal(webhookRow.columns),
    invitations: sql.literal(rows.storedInvitation.columns)
  }

  const webhooks = Effect.fnUntraced(function* (filter: WebhookFilter, { limit, after }: PageOptions) {
    const where = conditions.ofWebhooks(store, filter)
    const atOnce = conditions.isNarrow(filter)
    const found = yield* newestFirst(
      store,
      "webhooks",
      { limit: limit + 1, below: after, atOnce },
      (from, below, count) =>
        sql<{ id: string }>`SELECT ${columns.webhooks} FROM webhooks
          WHERE ${sql.and([sql`id >= ${from}`, sql`id < ${below}`, ...where])} ORDER BY id DESC LIMIT ${count}`
    )
    const page = pageOf(found, limit)
    return { ...page, items: yield* rows.readable(page.items.map(webhookRow.read), "webhooks") }
  }, toInboxUnavailable)

  const invitations = Effect.fnUntraced(function* (filter: InvitationFilter, { limit, after }: PageOptions) {
    const where = conditions.ofInvitations(store, filter)
    const atOnce = conditions.isNarrow(filter)
    const found = yield* newestFirst(
      store,
      "invitations",
      { limit: limit + 1, below: after, atOnce },
      (from, below, count) =>
        sql<{ id: string }>`SELECT ${columns.invitations} FROM invitations
          WHERE ${sql.and([sql`id >= ${from}`, sql`id < ${below}`, ...where])}
          ORDER BY id DESC LIMIT ${count}`
    )
    const page = pageOf(found, limit)
    return { ...page, items: yield* withWebhooks(page.items) }
  }, toInboxUnavailable)

  const withWebhooks = Effect.fnUntraced(function* (found: ReadonlyArray<{ readonly id: string }>) {
    const readable = yield* rows.readable(found.map(rows.storedInvitation.read), "invitations")
    if (readable.length === 0) return []
    const links = yield* sql<{ invitation_id: string; webhook_id: string }>`SELECT invitation_id, webhook_id
      FROM webhook_invitations WHERE ${sql.in("invitation_id", idsOf(readable))} ORDER BY webhook_id`
    const webhookIds = Map.groupBy(links, (link) => link.invitation_id)
    const complete = (invitation: (typeof readable)[number]): StoredInvitation => ({
      ...invitation,
      webhookIds: (webhookIds.get(invitation.id) ?? []).map((link) => link.webhook_id)
    })
    return readable.map(complete)
  })

  return {
    webhooks,
    invitations,

    invitationsOf: Effect.fnUntraced(function* (webhookId: string) {
      const found = yield* sql<{ id: string }>`SELECT ${columns.invitations} FROM webhook_invitations
        JOIN invitations ON invitations.id = webhook_invitations.invitation_id
        WHERE webhook_invitations.webhook_id = ${webhookId} ORDER BY invitations.id`
      return yield* withWebhooks(found)
    }, toInboxUnavailable),

    attemptsOf: Effect.fnUntraced(function* (invitationId: string) {
      const found = yield* sql<{
        id: string
      }>`SELECT ${sql.literal(rows.attempt.columns)} FROM attempt_invitations JOIN attempts ON attempts.id = attempt_invitations.attempt_id
        WHERE attempt_invitations.invitation_id = ${invitationId} ORDER BY attempts.id`
      return yield* rows.readable(found.map(rows.attempt.read), "attempts")
    }, toInboxUnavailable),

    webhook: Effect.fnUntraced(function* (id: string) {
      const found = yield* sql<{ id: string }>`SELECT ${columns.webhooks} FROM webhooks WHERE id = ${id}`
      const [read] = found.map(webhookRow.read)
      if (read === undefined) return undefined
      if (Result.isSuccess(read)) return read.success
      return yield* Effect.die(new Error(`the webhook ${id} can't be read: wrong ${read.failure.columns}`))
    }, toInboxUnavailable),

    called: Effect.fnUntraced(function* (spot: string, live: string, person: string) {
      const { items } = yield* invitations({ spot, live, person }, { limit: 1 })
      const [newest] = items
      return newest !== undefined && newest.attempts > 0 ? newest.id : undefined
    }, toInboxUnavailable)
  }
}
