/** Finds and forgets the person's own rows: their key, their invitations, and their parts in calls. */
import { Array, Clock, DateTime, Effect, Stream } from "effect"
import type { SqlClient } from "effect/sql"
import type { ForgottenCounts } from "@usher/model/Forgotten"
import { deleteAttempts } from "../purge.ts"
import { counting } from "../rows/counting.ts"
import { inOrder, locking } from "../rows/locks.ts"
import { idsOf, type Store } from "../rows/store.ts"
import { transaction } from "../rows/transaction.ts"
import { pages } from "./batches.ts"
import type { Mention } from "./mention.ts"
import type { Subject } from "./subject.ts"

export interface Own {
  /** All ids under which the person is, or may later be, stored. */
  readonly keys: ReadonlyArray<string>
  readonly invitations: ReadonlySet<string>
  /** The calls that included the person. */
  readonly calls: ReadonlySet<string>
  /** The webhooks that created the invitations. */
  readonly webhooks: ReadonlySet<string>
  readonly counts: Partial<ForgottenCounts>
  /** When the person was forgotten before. Null if they never were, or have signed up since. */
  readonly forgottenAt: DateTime.Utc | null
}

/** The most values in a list of SQL. */
const maxValues = 500

export const slices = <A>(all: Iterable<A>): ReadonlyArray<ReadonlyArray<A>> => Array.chunksOf(all, maxValues)

/** Finds texts that an earlier version stored as members, such as `<alice@example.com>`. */
const alsoStoredAs = (sql: SqlClient.SqlClient, mention: Mention) =>
  pages(
    "",
    (after: string, limit) =>
      sql<{ id: string; member: string }>`SELECT id, member FROM people
        WHERE id > ${after} AND member IS NOT NULL ORDER BY id LIMIT ${limit}`,
    ({ id }) => id
  ).pipe(
    Stream.map((rows) => idsOf(rows.filter(({ member }) => mention.isIn(member)))),
    Stream.flattenIterable,
    Stream.runCollect
  )

export const findOwn = Effect.fnUntraced(function* ({ sql }: Store, { keys: given, mention }: Subject) {
  const others = mention === undefined ? [] : yield* alsoStoredAs(sql, mention)
  const keys = [...new Set([...given, ...others])]
  const invitations = new Set<string>()
  const calls = new Set<string>()
  const webhooks = new Set<string>()
  const { forgotten, forgottenAt } = yield* forgottenBefore(sql, keys)
  let [theirs, cancelled, attempts] = [0, 0, 0]
  for (const people of slices(keys)) {
    const found = yield* sql<{ id: string; person: string; state: string }>`SELECT id, person, state
      FROM invitations WHERE ${sql.in("person", people)}`
    for (const { id, person, state } of found) {
      invitations.add(id)
      if (!forgotten.has(person)) theirs++
      if (state !== "finished") cancelled++
    }
  }
  for (const ids of slices(invitations)) {
    const links = yield* sql<{ id: string }>`SELECT DISTINCT webhook_id AS id FROM webhook_invitations
      WHERE ${sql.in("invitation_id", ids)}`
    for (const { id } of links) webhooks.add(id)
    const parts = yield* sql<{ id: string }>`SELECT attempt_id AS id FROM attempt_invitations
      WHERE ${sql.in("invitation_id", ids)}`
    for (const { id } of parts) calls.add(id)
    attempts += parts.length
  }
  return {
    keys,
    invitations,
    calls,
    webhooks,
    counts: { invitations: theirs, cancelled, attempts },
    forgottenAt
  }
})

/** Which of the keys are left of a person who was forgotten. Their invitations have no address to lose. */
const forgottenBefore = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, keys: ReadonlyArray<string>) {
  const forgotten = new Set<string>()
  let [latest, isStored] = [0, false]
  for (const people of slices(keys)) {
    const rows = yield* sql<{ id: string; member: string | null; at: number | null }>`SELECT id, member,
      forgotten_at AS at FROM people WHERE ${sql.in("id", people)}`
    for (const { id, member, at } of rows) {
      if (member !== null || at === null) isStored = true
      else {
        forgotten.add(id)
        latest = Math.max(latest, at)
      }
    }
  }
  return { forgotten, forgottenAt: isStored || forgotten.size === 0 ? null : DateTime.makeUnsafe(latest) }
})

/**
 * Deletes the address and the attempts, and cancels open invitations. Returns the Spots of the cancelled ones. From then
 * on no mapping invites the person because of earlier webhooks. Invitations that a mapping created since the search are
 * included.
 */
export const forgetOwn = Effect.fnUntraced(
  function* (store: Store, { keys, invitations: found }: Own) {
    const { sql } = store
    const now = yield* Clock.currentTimeMillis
    const cancelled: Array<{ readonly spot: string; readonly source: string }> = []
    for (const id of inOrder(keys)) {
      yield* sql`INSERT INTO people ${sql.insert([{ id, member: null, forgotten_at: now }])}
        ON CONFLICT (id) DO UPDATE SET member = NULL, forgotten_at = excluded.forgotten_at`
    }
    const invitations = new Set(found)
    for (const people of slices(keys)) {
      const present = yield* sql<{ id: string }>`SELECT id FROM invitations WHERE ${sql.in("person", people)}`
      for (const { id } of present) invitations.add(id)
    }
    yield* locking(sql).lock("invitations", invitations)
    for (const ids of slices(inOrder(invitations))) {
      const ended = yield* sql<{ spot: string; source: string }>`UPDATE invitations
        SET status = 'cancelled', state = 'finished', lease_token = NULL, settled_at = ${now}
        WHERE ${sql.in("id", ids)} AND state <> 'finished' RETURNING spot, source`
      cancelled.push(...ended)
      // The person may sign up again, also if an operator cancelled their invitations before.
      yield* sql`UPDATE invitations SET cancelled_by = NULL WHERE ${sql.in("id", ids)} AND cancelled_by IS NOT NULL`
    }
    // All at once, for the order of the locks.
    yield* deleteAttempts(store, inOrder(invitations))
    yield* counting(sql)(
      cancelled.map(({ source }) => ({ source, name: "cancelled" })),
      now
    )
    return cancelled.map(({ spot }) => spot)
  },
  (effect, { sql }) => transaction(sql)(effect)
)
