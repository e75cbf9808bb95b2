/** Reads the people of a page of webhooks, by one statement. */
import { Effect } from "effect"
import type { NamedPeople } from "@usher/model/Webhook"
import type { Operations } from "../../ports/Operations.ts"
import { limited, type Store } from "../rows/store.ts"
import { toInboxUnavailable } from "../rows/transaction.ts"

/** The most invitations of a webhook that are read. It can have 10,000. */
const maxRead = 100

interface Row {
  readonly id: string
  readonly first: string | null
  readonly invitations: number
  readonly people: number
}

export const namingPeople = ({ sql }: Store): Operations["Service"]["people"] => {
  const links = (limit: number) => sql`SELECT invitation_id FROM webhook_invitations
    WHERE webhook_id = webhooks.id ORDER BY invitation_id ${limited(sql, limit)}`

  return Effect.fnUntraced(function* (webhookIds: ReadonlyArray<string>) {
    if (webhookIds.length === 0) return new Map<string, NamedPeople>()
    const found = yield* sql<Row>`SELECT webhooks.id,
        (SELECT member FROM (${links(1)}) AS links
          JOIN invitations ON invitations.id = links.invitation_id
          JOIN people ON people.id = invitations.person) AS "first",
        (SELECT count(*) FROM (${links(maxRead + 1)}) AS links) AS invitations,
        (SELECT count(DISTINCT person) FROM (${links(maxRead)}) AS links
          JOIN invitations ON invitations.id = links.invitation_id) AS people
      FROM webhooks WHERE ${sql.in("webhooks.id", webhookIds)}`
    return new Map(
      found
        .filter(({ invitations }) => invitations > 0)
        .map(({ id, first, people: count, invitations }) => [
          id,
          { first, count, isMore: invitations > maxRead }
        ])
    )
  }, toInboxUnavailable)
}
