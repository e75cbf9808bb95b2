/**
 * Long work in short steps: a table is walked by id, a stretch at a time, and others get in between. On SQLite a statement
 * occupies the one connection and the event loop, so nothing may take longer than a stretch does.
 */
import { Effect, Option, Stream } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import type { Page } from "@usher/model/Search"
import type { Store } from "./store.ts"
import { unavailable } from "./transaction.ts"

export type Table = "webhooks" | "invitations"

/** Ids in `(above, upTo]`. */
export interface Stretch {
  readonly above: string
  readonly upTo: string
}

/** Rows in a stretch. */
const size = 1_000

/** The stretches of a table as it is when the walk begins, oldest first: what comes meanwhile would have no end. */
export const oldestFirst = ({ sql }: Store, table: Table, rows = size) =>
  sql<{ id: string | null }>`SELECT max(id) AS id FROM ${sql(table)}`.pipe(
    unavailable,
    Effect.map(([newest]) => stretches(sql, table, newest?.id ?? "", rows)),
    Stream.unwrap
  )

const stretches = (sql: SqlClient.SqlClient, table: Table, newest: string, rows: number) =>
  Stream.paginate("", (above: string) =>
    Effect.gen(function* () {
      yield* Effect.yieldNow
      const [last] = yield* sql<{ id: string | null }>`SELECT max(id) AS id FROM
        (SELECT id FROM ${sql(table)} WHERE id > ${above} AND id <= ${newest} ORDER BY id LIMIT ${rows}) AS stretch`
      if (last === undefined || last.id === null) return [[], Option.none<string>()] as const
      return [[{ above, upTo: last.id } satisfies Stretch], Option.some(last.id)] as const
    }).pipe(unavailable)
  )

/** Collects rows, newest first, a stretch at a time, until there are `limit` of them or none is left. */
export const newestFirst = Effect.fnUntraced(function* <A extends { readonly id: string }>(
  { sql }: Store,
  table: Table,
  options: { readonly limit: number; readonly below: string | undefined; readonly atOnce: boolean },
  /** Ids in `[from, below)`. */
  select: (from: string, below: string, limit: number) => Effect.Effect<ReadonlyArray<A>, SqlError.SqlError>
) {
  const found: Array<A> = []
  // Any id is below it.
  let below = options.below ?? "~"
  while (found.length < options.limit) {
    yield* Effect.yieldNow
    const [first] = options.atOnce
      ? [{ id: "" }]
      : yield* sql<{ id: string | null }>`SELECT min(id) AS id FROM
          (SELECT id FROM ${sql(table)} WHERE id < ${below} ORDER BY id DESC LIMIT ${size}) AS stretch`
    if (first === undefined || first.id === null) break
    found.push(...(yield* select(first.id, below, options.limit - found.length)))
    if (options.atOnce) break
    below = first.id
  }
  return found
})

/** A page of rows in the order of their ids; one row beyond the limit tells whether there is a next page. */
export const pageOf = <A extends { readonly id: string }>(
  found: ReadonlyArray<A>,
  limit: number
): Page<A> => {
  const items = found.slice(0, limit)
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null }
}
