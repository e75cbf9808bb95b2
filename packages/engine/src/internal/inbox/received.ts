/** Stored webhooks, for the mapper and one by one. */
import { Effect } from "effect"
import { keepHolding } from "./holding.ts"
import * as rows from "./rows.ts"
import { type Store, unavailable } from "./store.ts"

export const receiving = ({ sql }: Store) => {
  const setAside = (id: string, columns: string) =>
    sql`UPDATE webhooks SET status = 'corrupt', reason = ${`can't be read: ${columns}`} WHERE id = ${id}`

  const read = (found: ReadonlyArray<{ readonly id: string }>) =>
    rows.readable(found.map(rows.webhook), "webhooks", setAside)

  return {
    /** Live ones first, then the oldest. */
    received: (limit: number) =>
      keepHolding(sql).pipe(
        Effect.andThen(sql<{ id: string }>`SELECT * FROM webhooks WHERE status = 'received'
          AND source NOT IN (SELECT source FROM paused_sources WHERE resuming = 0) ORDER BY lane, id LIMIT ${limit}`),
        Effect.flatMap(read),
        unavailable
      ),

    webhook: (id: string) =>
      sql<{ id: string }>`SELECT * FROM webhooks WHERE id = ${id}`.pipe(
        Effect.flatMap((found) => rows.readable(found.map(rows.webhook), "webhooks", () => Effect.void)),
        Effect.map(([webhook]) => webhook),
        unavailable
      )
  }
}
