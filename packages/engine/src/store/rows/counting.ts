/** Counts over time, written in the same transaction as the rows that they count. */
import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { type Counts, none } from "@usher/model/Counts"
import { Writer } from "../../runtime/randomBytes.ts"

export { none }

export type Name = keyof Counts

export const isName = (name: string): name is Name => Object.hasOwn(none, name)

export interface Count {
  readonly source: string
  readonly name: Name
  /** How often. Default: once. */
  readonly times?: number | undefined
}

/** The spans of the counts, in milliseconds. */
export const spans = { minute: 60_000, hour: 3_600_000 } as const

/** Adds to the row that exists. */
export const onConflict =
  "ON CONFLICT (span, at, source, name, writer) DO UPDATE SET count = counts.count + excluded.count"

const insert = "INSERT INTO counts (span, at, source, name, writer, count)"

/** One text for any number of rows, so that it stays prepared. */
const statement = {
  sqlite: `${insert} SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
    FROM json_each(?1) WHERE true ${onConflict}`,
  pg: `${insert} SELECT row ->> 0, (row ->> 1)::bigint, row ->> 2, row ->> 3, row ->> 4, (row ->> 5)::bigint
    FROM json_array_elements($1::text::json) WITH ORDINALITY AS given (row, number) ORDER BY number ${onConflict}`
}

/** Adds these, at this time. */
export const counting = (sql: SqlClient.SqlClient) => {
  const text = sql.onDialectOrElse({ pg: () => statement.pg, orElse: () => statement.sqlite })
  return (counts: Iterable<Count>, now: number): Effect.Effect<unknown, SqlError.SqlError> => {
    const sums = summed(counts)
    return sums.size === 0
      ? Effect.void
      : Effect.flatMap(Writer, (writer) => sql.unsafe(text, [JSON.stringify(rowsOf(sums, now, writer))]))
  }
}

type Sums = ReadonlyMap<string, ReadonlyMap<Name, number>>

const summed = (counts: Iterable<Count>): Sums => {
  const sums = new Map<string, Map<Name, number>>()
  for (const { source, name, times = 1 } of counts) {
    let named = sums.get(source)
    if (named === undefined) sums.set(source, (named = new Map()))
    named.set(name, (named.get(name) ?? 0) + times)
  }
  return sums
}

/** Sorted, so that two transactions never deadlock. */
const rowsOf = (sums: Sums, now: number, writer: string) =>
  inOrder(sums).flatMap(([source, named]) =>
    inOrder(named).flatMap(([name, sum]) =>
      Object.entries(spans).map(([span, millis]) => [span, now - (now % millis), source, name, writer, sum])
    )
  )

const inOrder = <K, V>(map: ReadonlyMap<K, V>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))
