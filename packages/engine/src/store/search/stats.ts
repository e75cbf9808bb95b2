/** How much of what there is. */
import { Effect, Stream } from "effect"
import type { InboxUnavailable, Stats } from "../../ports/Inbox.ts"
import { type Store, unavailable } from "../rows/store.ts"
import { oldestFirst, type Table } from "../rows/walk.ts"
import { oldest, timeOf } from "./waitingSources.ts"

export const stats = (store: Store): Effect.Effect<Stats, InboxUnavailable> => {
  const { sql } = store

  const counts = Effect.fnUntraced(function* (table: Table) {
    const all: Record<string, number> = {}
    yield* Stream.runForEach(oldestFirst(store, table), ({ above, upTo }) =>
      Effect.map(
        sql<{ status: string; count: number | bigint }>`SELECT status, count(*) AS count FROM ${sql(table)}
          WHERE id > ${above} AND id <= ${upTo} GROUP BY status`,
        (found) => {
          for (const { status, count } of found) all[status] = (all[status] ?? 0) + Number(count)
        }
      )
    )
    return all
  })

  return Effect.gen(function* () {
    const [first] = yield* oldest(sql)
    return {
      webhooks: yield* counts("webhooks"),
      invitations: yield* counts("invitations"),
      oldestReceived: timeOf(first)
    }
  }).pipe(unavailable)
}
