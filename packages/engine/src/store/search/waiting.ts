/** What waits, told by the indexes of what waits alone: what has ended costs nothing, however much it is. */
import { DateTime, Effect } from "effect"
import type { Backlog, Waiting } from "../../ports/Inbox.ts"
import { limited, type Store, unavailable } from "../rows/store.ts"
import { oldest, timeOf } from "./waitingSources.ts"

/** More are not counted: on SQLite it occupies the event loop. */
const most = 20_000

interface Counted {
  readonly count: number | bigint
  readonly oldest: number | bigint | null
}

const backlog = (counted: Counted | undefined): Backlog => ({
  count: Number(counted?.count ?? 0),
  oldest: counted?.oldest == null ? null : DateTime.makeUnsafe(Number(counted.oldest))
})

export const waiting = ({ sql }: Store) => {
  const received = Effect.gen(function* () {
    const [counted] = yield* sql<{ count: number | bigint }>`SELECT count(*) AS count FROM
      (SELECT id FROM webhooks WHERE status = 'received' ${limited(sql, most)}) AS waiting`
    const [first] = yield* oldest(sql)
    return { count: Number(counted?.count ?? 0), oldest: timeOf(first) }
  })

  const due = (spot: string) =>
    sql<Counted>`SELECT count(*) AS count, min(due_at) AS oldest FROM
      (SELECT due_at FROM invitations WHERE spot = ${spot} AND ready = 1 ${limited(sql, most)}) AS waiting`

  const later = (spot: string) =>
    sql<Counted>`SELECT count(*) AS count, NULL AS oldest FROM
      (SELECT id FROM invitations WHERE spot = ${spot} AND ready = 0 ${limited(sql, most)}) AS waiting`

  return (spots: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      const bySpot = <A>(of: (spot: string) => Effect.Effect<A, unknown>) =>
        Effect.map(
          Effect.forEach(spots, (spot) => Effect.map(of(spot), (value) => [spot, value] as const)),
          (entries) => new Map(entries)
        )
      const waiting: Waiting = {
        received: yield* received,
        due: yield* bySpot((spot) => Effect.map(due(spot), ([found]) => backlog(found))),
        later: yield* bySpot((spot) => Effect.map(later(spot), ([found]) => backlog(found).count))
      }
      return waiting
    }).pipe(unavailable, Effect.withTracerEnabled(false))
}
