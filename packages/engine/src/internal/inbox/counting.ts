/** Counts over time, written in the transaction of what they count: they are as true as the rows are. */
import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { randomBytes } from "node:crypto"

/** All that is counted. */
export const none = {
  accepted: 0,
  duplicates: 0,
  mapped: 0,
  ignored: 0,
  unmappable: 0,
  asked: 0,
  invited: 0,
  already_invited: 0,
  rejected: 0,
  exhausted: 0,
  expired: 0,
  retried: 0
}

export type Name = keyof typeof none

export const isName = (name: string): name is Name => Object.hasOwn(none, name)

export interface Count {
  readonly source: string
  readonly name: Name
}

/** What is counted by, in milliseconds. */
export const spans = { minute: 60_000, hour: 3_600_000 } as const

/** This process has rows of its own, so that relays on one database do not wait for each other. */
export const writer = randomBytes(4).toString("hex")

/** Adds one for each, at this time. */
export const counting = (sql: SqlClient.SqlClient) =>
  Effect.fnUntraced(function* (
    counts: Iterable<Count>,
    now: number
  ): Effect.fn.Return<void, SqlError.SqlError> {
    const sums = new Map<string, Count & { sum: number }>()
    for (const { source, name } of counts) {
      const key = `${name} ${source}`
      const known = sums.get(key)
      if (known === undefined) sums.set(key, { source, name, sum: 1 })
      else known.sum++
    }
    if (sums.size === 0) return
    // In one order, so that two transactions never wait for each other in a ring.
    const inOrder = [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1))
    const rows = inOrder.flatMap(([, { source, name, sum }]) =>
      Object.entries(spans).map(
        ([span, millis]) => sql`(${span}, ${now - (now % millis)}, ${source}, ${name}, ${writer}, ${sum})`
      )
    )
    yield* sql`INSERT INTO counts (span, at, source, name, writer, count) VALUES ${sql.csv(rows)}
      ON CONFLICT (span, at, source, name, writer) DO UPDATE SET count = counts.count + excluded.count`
  })
