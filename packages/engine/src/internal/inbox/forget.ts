/** Forgetting a person: body, attempts and address go; a keyed hash stays, so that duplicates are still known. */
import { Clock, Effect, Result, Stream } from "effect"
import type { SqlClient } from "effect/sql"
import { Member } from "@usher/core"
import type { Forgotten, InboxUnavailable } from "../../Inbox.ts"
import * as compressed from "./compressed.ts"
import { bodyContains } from "./conditions.ts"
import { anyId, meant } from "./person.ts"
import { deleteAttempts, empty } from "./purge.ts"
import { type Store, unavailable } from "./store.ts"
import { oldestFirst } from "./walk.ts"

/** The reason of a webhook that waits for its mapping, from when somebody in it is forgotten until then. */
export const leaving = "somebody in it was forgotten: its body goes once it is mapped"

/** Webhooks in a step: their bodies are searched, and may be long. */
const step = 100

const isOneOf = (sql: SqlClient.SqlClient, ids: ReadonlyArray<string>) =>
  ids.length === 0 ? [] : [sql.in("id", ids)]

export const forget = (store: Store) => {
  const { sql, personOf, ended } = store

  const emptied = sql`status = 'forgotten', ${empty(sql)}`

  const invitations = Effect.fnUntraced(function* (person: string) {
    const now = yield* Clock.currentTimeMillis
    yield* sql`INSERT INTO people ${sql.insert([{ id: person, member: null, forgotten_at: now }])}
      ON CONFLICT (id) DO UPDATE SET member = NULL, forgotten_at = excluded.forgotten_at`
    const cancelled = yield* sql<{
      spot: string
    }>`UPDATE invitations SET status = 'cancelled', ready = NULL, lease = NULL, settled_at = ${now}
      WHERE person = ${person} AND ready IS NOT NULL RETURNING spot`
    const theirs = yield* sql<{ id: string }>`SELECT id FROM invitations WHERE person = ${person}`
    if (theirs.length > 0)
      yield* deleteAttempts(
        store,
        theirs.map(({ id }) => id)
      )
    const bodies = yield* sql`UPDATE webhooks SET ${emptied}
      WHERE id IN (SELECT l.webhook_id FROM invitations i JOIN webhook_invitations l ON l.invitation_id = i.id WHERE i.person = ${person})
        AND status NOT IN ('received', 'held', 'forgotten', 'purged') RETURNING id`
    return { invitations: theirs.length, webhooks: bodies.length, cancelled }
  }, sql.withTransaction)

  /**
   * Webhooks that name the person and made no invitation of it, or another's. Of one that waits for its mapping the body
   * is needed still, for others who are in it; the mapping leaves the person out.
   */
  const elsewhere = (member: string) =>
    oldestFirst(store, "webhooks", step).pipe(
      Stream.mapEffect(
        Effect.fnUntraced(function* ({ above, upTo }) {
          const range = sql`id > ${above} AND id <= ${upTo}`
          const others = yield* compressed.naming(sql, { table: "webhooks", where: range }, member)
          const naming = sql`${range} AND ${sql.or([bodyContains(sql, member), ...isOneOf(sql, others)])}`
          const marked = yield* sql`UPDATE webhooks SET reason = ${leaving}
            WHERE status IN ('received', 'held') AND ${naming} RETURNING id`
          const gone = yield* sql`UPDATE webhooks SET ${emptied}
            WHERE status NOT IN ('received', 'held', 'forgotten', 'purged') AND ${naming} RETURNING id`
          return marked.length + gone.length
        })
      ),
      Stream.runFold(
        () => 0,
        (sum, found) => sum + found
      )
    )

  /** A few at a time: their bodies may be long. */
  const refused = Effect.fnUntraced(function* (member: string) {
    let [gone, above] = [0, ""]
    for (;;) {
      yield* Effect.yieldNow
      const [last] = yield* sql<{ id: string | null }>`SELECT max(id) AS id FROM
        (SELECT id FROM quarantined WHERE id > ${above} ORDER BY id LIMIT 50) AS stretch`
      if (last === undefined || last.id === null) return gone
      const range = sql`id > ${above} AND id <= ${last.id}`
      const others = yield* compressed.naming(sql, { table: "quarantined", where: range }, member)
      gone += (yield* sql`DELETE FROM quarantined
        WHERE ${range} AND ${sql.or([bodyContains(sql, member), ...isOneOf(sql, others)])} RETURNING id`)
        .length
      above = last.id
    }
  })

  return (given: string): Effect.Effect<Forgotten, InboxUnavailable> =>
    Effect.gen(function* () {
      const known = yield* sql`SELECT id FROM people WHERE id = ${personOf(given)}`
      const member = known.length > 0 ? given : meant(given)
      const first = yield* invitations(personOf(member))
      for (const { spot } of first.cancelled) ended(spot, "cancelled", 1)
      // Bodies of others hold placeholders, and parts of addresses, too.
      const isTelling = Result.isSuccess(Member.parse(member, { memberId: anyId }))
      const others = isTelling ? (yield* elsewhere(member)) + (yield* refused(member)) : 0
      return { invitations: first.invitations, webhooks: first.webhooks + others }
    }).pipe(unavailable)
}
