/** Records the results of mapping. */
import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { leaving } from "../forget/deliveries.ts"
import { empty } from "../purge.ts"
import { locking } from "../rows/locks.ts"
import { type Columns, updating } from "../rows/manyRows.ts"
import { text } from "../rows/store.ts"
import type { Item } from "./Item.ts"

/** A mapped webhook, with the time in milliseconds. */
interface Ending extends Item {
  readonly mappedAt: number
}

const columns: Columns<Ending> = {
  status: ["TEXT", ({ mapped }) => mapped.status],
  reason: ["TEXT", ({ mapped: { reason } }) => reason && text(reason)],
  mapping_version: ["TEXT", ({ terms: { mappingVersion } }) => mappingVersion && text(mappingVersion)],
  mapped_at: ["BIGINT", ({ mappedAt }) => mappedAt]
}

/** The first item of each webhook, in the order of the locks. */
const firstOfEach = <A extends Item>(batch: ReadonlyArray<A>) => {
  const first = new Map<string, A>()
  for (const item of batch) if (!first.has(item.webhook.id)) first.set(item.webhook.id, item)
  return [...first.values()].toSorted((a, b) => (a.webhook.id < b.webhook.id ? -1 : 1))
}

export const endingWebhooks = (sql: SqlClient.SqlClient) => {
  const { toChange } = locking(sql)
  const isNot = sql.onDialectOrElse({ pg: () => "IS DISTINCT FROM", orElse: () => "IS NOT" })
  const end = updating<Ending>(sql, {
    table: "webhooks",
    keys: { id: ["TEXT", ({ webhook }) => webhook.id] },
    columns,
    // Keeps the reason of a webhook that names a forgotten person until its body is deleted.
    where: `webhooks.status = 'received' AND webhooks.reason ${isNot} '${leaving}'`,
    locked: "status = 'received'"
  })

  /** Of the webhooks that were not ended, those that name a forgotten person. */
  const leavingOf = (ids: ReadonlyArray<string>) =>
    ids.length === 0
      ? Effect.succeed([])
      : sql<{
          id: string
        }>`SELECT id FROM webhooks WHERE ${sql.in("id", ids)} AND status = 'received' ORDER BY id ${toChange}`

  return {
    /** Locks and ends the `received` webhooks. Returns their items, and the ids of those that name a forgotten person. */
    end: Effect.fnUntraced(function* <A extends Item>(batch: ReadonlyArray<A>, mappedAt: number) {
      const items = firstOfEach(batch)
      const isEnded = yield* end(items.map((item) => ({ ...item, mappedAt })))
      const others = items.flatMap(({ webhook: { id } }, at) => (isEnded[at] === true ? [] : [id]))
      const left = new Set((yield* leavingOf(others)).map(({ id }) => id))
      const missing = new Set(others.filter((id) => !left.has(id)))
      const isFirst = new Set<Item>(items)
      return {
        received: batch.filter((item) => isFirst.has(item) && !missing.has(item.webhook.id)),
        leaving: left
      }
    }),

    /** Empties a forgotten webhook after its mapping: only the fact that it was received remains. */
    forget: (items: Iterable<Item>): Effect.Effect<void, SqlError.SqlError> =>
      Effect.forEach(
        items,
        ({ webhook: { id, mappingVersion } }) =>
          sql`UPDATE webhooks SET status = 'forgotten', mapping_version = ${mappingVersion}, ${empty(sql)} WHERE id = ${id}`,
        { discard: true }
      )
  }
}
