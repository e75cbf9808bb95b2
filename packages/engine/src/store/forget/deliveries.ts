/** Finds stored deliveries that name a person: webhooks, and deliveries in quarantine. */
import { Clock, Effect, Stream } from "effect"
import type { SqlClient } from "effect/sql"
import { keyedId } from "../accept/incoming.ts"
import { empty } from "../purge.ts"
import { deleting } from "../quarantine/rows.ts"
import { locking } from "../rows/locks.ts"
import { idsOf, type Store } from "../rows/store.ts"
import { transaction } from "../rows/transaction.ts"
import { bodies } from "./batches.ts"
import type { Finding, Findings } from "./beside.ts"
import { type Own, slices } from "./invitations.ts"
import type { Mention } from "./mention.ts"
import { type RefusedTexts, textsOfRefused, textsOfWebhook, type WebhookTexts } from "./naming.ts"
import { isNamed, isNamedIn } from "./texts.ts"

/** The reason of an unmapped webhook that names a forgotten person. */
export const leaving = "somebody in it was forgotten: its body goes once it is mapped"

interface WebhookRow {
  readonly id: string
  readonly source: string
  readonly status: string
  readonly delivery_id: string
}

interface WithBody extends WebhookRow, WebhookTexts {
  readonly received_at: number
  readonly delivery_id: string
}

const withBody = "id, source, status, delivery_id, received_at, headers, reason, body"

const isWaiting = ({ status }: WebhookRow) => status === "received" || status === "held"

const isEmpty = ({ status }: WebhookRow) => status === "purged" || status === "forgotten"

/** Empties webhooks. An unmapped webhook keeps its body until it is mapped, for the other people in it. */
const goingOf = (
  { sql, hashOf }: Store,
  rows: ReadonlyArray<WebhookRow>,
  renamed: ReadonlyArray<WebhookRow>,
  unreadable: number
): Finding => {
  const full = rows.filter((row) => !isEmpty(row))
  return {
    counts: {
      webhooks: full.filter((row) => !isWaiting(row)).length,
      waiting: full.filter(isWaiting).length,
      unmappable: full.filter(({ status }) => status === "unmappable").length,
      deliveryIds: renamed.length,
      unreadable
    },
    take: Effect.gen(function* () {
      yield* locking(sql).lock("webhooks", idsOf([...full, ...renamed]))
      for (const some of slices(idsOf(full))) {
        yield* sql`UPDATE webhooks SET reason = ${leaving} WHERE status IN ('received', 'held') AND ${sql.in("id", some)}`
        // Some were mapped since they were found.
        yield* sql`UPDATE webhooks SET status = 'forgotten', ${empty(sql)}
          WHERE status NOT IN ('received', 'held', 'purged', 'forgotten') AND ${sql.in("id", some)}`
      }
      for (const row of renamed) yield* rename(sql, row, keyedId(row.delivery_id, hashOf))
    }).pipe(transaction(sql))
  }
}

/** Replaces the delivery id. Only one webhook can be the first with an id. */
const rename = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { id, source }: WebhookRow,
  name: string
) {
  const taken = yield* sql`SELECT id FROM webhooks
    WHERE source = ${source} AND delivery_id = ${name} AND first_webhook IS NULL AND id <> ${id}`
  yield* sql`UPDATE webhooks SET delivery_id = ${taken.length === 0 ? name : `${name}:${id}`} WHERE id = ${id}`
})

const newestOf = (sql: SqlClient.SqlClient, table: string) =>
  Effect.map(
    sql<{ id: string | null }>`SELECT max(id) AS id FROM ${sql(table)}`,
    ([newest]) => newest?.id ?? ""
  )

/** Finds webhooks that name the person or created one of their invitations. */
export const webhooks = (store: Store, mention: Mention, own: Own): Findings => {
  const { sql } = store
  const find = Effect.fnUntraced(function* (rows: ReadonlyArray<WithBody>) {
    const found: Array<WebhookRow> = []
    let unreadable = 0
    for (const row of rows) {
      const { texts, isUnreadable } = yield* textsOfWebhook(row)
      if (isUnreadable) unreadable++
      const isFound = own.webhooks.has(row.id) || (yield* isNamed(mention, texts))
      const { id, source, status, delivery_id } = row
      if (isFound) found.push({ id, source, status, delivery_id })
    }
    return goingOf(
      store,
      found,
      found.filter(({ delivery_id }) => isNamedIn(mention, delivery_id)),
      unreadable
    )
  })
  const between = (from: string, newest: string) => bodies<WithBody>(sql, "webhooks", withBody, newest, from)
  return Effect.gen(function* () {
    const startedAt = yield* Clock.currentTimeMillis
    const newest = yield* newestOf(sql, "webhooks")
    // Stored meanwhile but received before. A webhook that was received later is a new sign-up.
    const late = Effect.map(newestOf(sql, "webhooks"), (last) => between(newest, last)).pipe(
      Stream.unwrap,
      Stream.map((rows) => rows.filter(({ received_at }) => received_at < startedAt))
    )
    return Stream.concat(between("", newest), late)
  }).pipe(Stream.unwrap, Stream.mapEffect(find))
}

/** Finds only the webhooks that created the person's invitations. */
export const linkedWebhooks = (store: Store, own: Own): Findings =>
  Stream.fromIterable(slices(own.webhooks)).pipe(
    Stream.mapEffect((ids) =>
      Effect.map(
        store.sql<WebhookRow>`SELECT id, source, status, delivery_id FROM webhooks WHERE ${store.sql.in("id", ids)}`,
        (rows) => goingOf(store, rows, [], 0)
      )
    )
  )

const refused = "id, target, message, headers, first_target, first_headers, body"

interface Refused extends RefusedTexts {
  readonly id: string
}

/** Finds refused deliveries that name the person. They are deleted. */
export const quarantined = ({ sql }: Store, mention: Mention): Findings => {
  const find = Effect.fnUntraced(function* (rows: ReadonlyArray<Refused>) {
    const ids: Array<string> = []
    let unreadable = 0
    for (const row of rows) {
      const { texts, isUnreadable } = yield* textsOfRefused(row)
      if (isUnreadable) unreadable++
      if (yield* isNamed(mention, texts)) ids.push(row.id)
    }
    const finding: Finding = {
      counts: { quarantined: ids.length, unreadable },
      take: Effect.forEach(slices(ids), (some) => deleting(sql)(sql.in("id", some)))
    }
    return finding
  })
  return Effect.map(newestOf(sql, "quarantined"), (newest) =>
    bodies<Refused>(sql, "quarantined", refused, newest)
  ).pipe(Stream.unwrap, Stream.mapEffect(find))
}
