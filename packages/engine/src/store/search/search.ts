/** Reading, a page at a time. */
import { Effect } from "effect"
import type { StoredInvitation } from "@usher/model/Invitation"
import type { InvitationFilter, Page, PageOptions, WebhookFilter } from "@usher/model/Search"
import * as rows from "../rows/rows.ts"
import { webhook as webhookRow } from "../rows/webhookRow.ts"
import type { Store } from "../rows/store.ts"
import { unavailable } from "../rows/transaction.ts"
import { newestFirst } from "../rows/walk.ts"
import * as conditions from "./conditions.ts"

export const searching = (store: Store) => {
  const { sql } = store

  /** A row that can't be read is left out; the loops set it aside. */
  const read = <A>(reads: ReadonlyArray<rows.Read<A>>, table: "webhooks" | "invitations" | "attempts") =>
    rows.readable(reads, table, () => Effect.void)

  const webhooks = Effect.fnUntraced(function* (filter: WebhookFilter, { limit, after }: PageOptions) {
    const where = conditions.ofWebhooks(store, filter)
    const atOnce = conditions.isNarrow(filter)
    const found = yield* newestFirst(
      store,
      "webhooks",
      { limit: limit + 1, below: after, atOnce },
      (from, below, count) =>
        sql<{ id: string }>`SELECT * FROM webhooks
          WHERE ${sql.and([sql`id >= ${from}`, sql`id < ${below}`, ...where])} ORDER BY id DESC LIMIT ${count}`
    )
    const page = pageOf(found, limit)
    return { ...page, items: yield* read(page.items.map(webhookRow), "webhooks") }
  })

  const invitations = Effect.fnUntraced(function* (filter: InvitationFilter, { limit, after }: PageOptions) {
    const where = conditions.ofInvitations(store, filter)
    const atOnce = conditions.isNarrow(filter)
    const found = yield* newestFirst(
      store,
      "invitations",
      { limit: limit + 1, below: after, atOnce },
      (from, below, count) =>
        sql<{
          id: string
        }>`SELECT invitations.*, (SELECT member FROM people WHERE people.id = invitations.person) AS member
          FROM invitations WHERE ${sql.and([sql`id >= ${from}`, sql`id < ${below}`, ...where])}
          ORDER BY id DESC LIMIT ${count}`
    )
    const page = pageOf(found, limit)
    return {
      ...page,
      items: yield* withWebhooks(yield* read(page.items.map(rows.storedInvitation), "invitations"))
    }
  })

  const withWebhooks = Effect.fnUntraced(function* (
    found: ReadonlyArray<Omit<StoredInvitation, "webhookIds">>
  ) {
    if (found.length === 0) return []
    const links = yield* sql<{ invitation_id: string; webhook_id: string }>`SELECT invitation_id, webhook_id
      FROM webhook_invitations WHERE ${sql.in(
        "invitation_id",
        found.map(({ id }) => id)
      )} ORDER BY webhook_id`
    const webhookIds = Map.groupBy(links, (link) => link.invitation_id)
    return found.map((invitation): StoredInvitation => ({
      ...invitation,
      webhookIds: (webhookIds.get(invitation.id) ?? []).map((link) => link.webhook_id)
    }))
  })

  const invitationsOf = Effect.fnUntraced(function* (webhookId: string) {
    const found = yield* sql<{ id: string }>`SELECT invitations.*, people.member FROM webhook_invitations
      JOIN invitations ON invitations.id = webhook_invitations.invitation_id
      JOIN people ON people.id = invitations.person
      WHERE webhook_invitations.webhook_id = ${webhookId} ORDER BY invitations.id`
    return yield* withWebhooks(yield* read(found.map(rows.storedInvitation), "invitations"))
  })

  const attemptsOf = Effect.fnUntraced(function* (invitationId: string) {
    const found = yield* sql<{
      id: string
    }>`SELECT attempts.*, attempt_invitations.number, attempt_invitations.error,
        attempt_invitations.participant
      FROM attempt_invitations JOIN attempts ON attempts.id = attempt_invitations.attempt_id
      WHERE attempt_invitations.invitation_id = ${invitationId} ORDER BY attempts.id`
    return yield* read(found.map(rows.attempt), "attempts")
  })

  const webhook = Effect.fnUntraced(function* (id: string) {
    const found = yield* sql<{ id: string }>`SELECT * FROM webhooks WHERE id = ${id}`
    const [webhook] = yield* read(found.map(webhookRow), "webhooks")
    return webhook
  })

  const called = Effect.fnUntraced(function* (spot: string, live: string, person: string) {
    const { items } = yield* invitations({ spot, live, person }, { limit: 1 })
    const [newest] = items
    return newest !== undefined && newest.attempts > 0 ? newest.id : undefined
  })

  return {
    called: (spot: string, liveId: string, person: string) => unavailable(called(spot, liveId, person)),
    webhook: (id: string) => unavailable(webhook(id)),
    webhooks: (filter: WebhookFilter, page: PageOptions) => unavailable(webhooks(filter, page)),
    invitations: (filter: InvitationFilter, page: PageOptions) => unavailable(invitations(filter, page)),
    invitationsOf: (webhookId: string) => unavailable(invitationsOf(webhookId)),
    attemptsOf: (invitationId: string) => unavailable(attemptsOf(invitationId))
  }
}

/** One more than the page was asked for, which tells whether there is a next one. */
const pageOf = <A extends { readonly id: string }>(found: ReadonlyArray<A>, limit: number): Page<A> => {
  const items = found.slice(0, limit)
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null }
}
