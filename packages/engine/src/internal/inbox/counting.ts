/** Counts over time, written in the transaction of what they count: they are as true as the rows are. */
import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { Writer } from "../randomBytes.ts"
import { inserting } from "./manyRows.ts"

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

/** Adds one for each, at this time. */
export const counting = (sql: SqlClient.SqlClient) => {
  const insert = inserting(
    sql,
    "counts",
    ["span", "at", "source", "name", "writer", "count"],
    "ON CONFLICT (span, at, source, name, writer) DO UPDATE SET count = counts.count + excluded.count"
  )
  return (counts: Iterable<Count>, now: number): Effect.Effect<unknown, SqlError.SqlError> => {
    const sums = new Map<string, Map<Name, number>>()
    for (const { source, name } of counts) {
      let named = sums.get(source)
      if (named === undefined) sums.set(source, (named = new Map()))
      named.set(name, (named.get(name) ?? 0) + 1)
    }
    // In one order, so that two transactions never wait for each other in a ring.
    const rowsOf = (writer: string) =>
      inOrder(sums).flatMap(([source, named]) =>
        inOrder(named).flatMap(([name, sum]) =>
          Object.entries(spans).map(([span, millis]) => [
            span,
            now - (now % millis),
            source,
            name,
            writer,
            sum
          ])
        )
      )
    return sums.size === 0 ? Effect.void : Effect.flatMap(Writer, (writer) => insert(rowsOf(writer)))
  }
}

const inOrder = <K, V>(map: ReadonlyMap<K, V>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))
