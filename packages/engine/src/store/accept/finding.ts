/** Results for webhooks that a unique index refused. */
import type { Effect } from "effect"
import type { SqlClient, SqlError, Statement } from "effect/sql"
import type { Incoming, Place } from "./incoming.ts"

/** A webhook is a retry of another one, or has another place. */
export type Found =
  | { readonly one: Incoming; readonly duplicateOf: string }
  | { readonly one: Incoming; readonly place: Place }

export type Finding = Effect.Effect<ReadonlyArray<Found>, SqlError.SqlError>

type Pair = readonly [string, string]

export const keyOf = (pair: Pair): string => JSON.stringify(pair)

/** Rows for `VALUES`, each pair once. */
export const pairs = <A>(
  sql: SqlClient.SqlClient,
  all: ReadonlyArray<A>,
  of: (one: A) => Pair
): Statement.Fragment => {
  const distinct = new Map(all.map(of).map((pair) => [keyOf(pair), pair]))
  return sql.csv([...distinct.values()].map(([a, b]) => sql`(${a}, ${b})`))
}
