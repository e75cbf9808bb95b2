/**
 * Splits long work into keyset batches of ids, so that other work runs in between. On SQLite a statement blocks the only
 * connection and the event loop, so no step may be long.
 */
import { Effect, Option, Stream } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import type { Page } from "@usher/model/Search"
import type { Store } from "./store.ts"
import { toInboxUnavailable } from "./transaction.ts"

export type Table = "webhooks" | "invitations"

/** A batch: ids in `(above, upTo]`. */
export interface KeyRange {
  readonly above: string
  readonly upTo: string
}

/** Rows in a batch. */
const batchSize = 1_000

/**
 * The batches of a table as it is now, oldest first. Rows that are added later are left out, or the iteration might never
 * end.
 */
export const oldestFirst = ({ sql }: Store, table: Table, rows = batchSize) =>
  sql<{ id: string | null }>`SELECT max(id) AS id FROM ${sql(table)}`.pipe(
    toInboxUnavailable,
    Effect.map(([newest]) => keyRanges(sql, table, newest?.id ?? "", rows)),
    Stream.unwrap
  )

/** Step after step, from a mark on, until there is none. Yields before each. */
export const steps = <A, Mark, E>(
  first: Mark,
  next: (after: Mark) => Effect.Effect<readonly [value: A, mark: Mark] | undefined, E>
): Stream.Stream<A, E> =>
  Stream.paginate(first, (after: Mark) =>
    Effect.map(Effect.andThen(Effect.yieldNow, next(after)), (step) =>
      step === undefined ? ([[], Option.none<Mark>()] as const) : ([[step[0]], Option.some(step[1])] as const)
    )
  )

const keyRanges = (sql: SqlClient.SqlClient, table: Table, newest: string, rows: number) =>
  steps("", (above: string) =>
    sql<{ id: string | null }>`SELECT max(id) AS id FROM
        (SELECT id FROM ${sql(table)} WHERE id > ${above} AND id <= ${newest} ORDER BY id LIMIT ${rows}) AS stretch`.pipe(
      Effect.map(([last]) =>
        last?.id == null ? undefined : ([{ above, upTo: last.id } satisfies KeyRange, last.id] as const)
      ),
      toInboxUnavailable
    )
  )

/** Collects rows batch by batch, newest first, until there are `limit` of them or none is left. */
export const newestFirst = Effect.fnUntraced(function* <A extends { readonly id: string }>(
  { sql }: Store,
  table: Table,
  options: { readonly limit: number; readonly below: string | undefined; readonly atOnce: boolean },
  /** Ids in `[from, below)`. */
  select: (from: string, below: string, limit: number) => Effect.Effect<ReadonlyArray<A>, SqlError.SqlError>
) {
  const found: Array<A> = []
  // Every id sorts below this.
  let below = options.below ?? "~"
  while (found.length < options.limit) {
    yield* Effect.yieldNow
    const [first] = options.atOnce
      ? [{ id: "" }]
      : yield* sql<{ id: string | null }>`SELECT min(id) AS id FROM
          (SELECT id FROM ${sql(table)} WHERE id < ${below} ORDER BY id DESC LIMIT ${batchSize}) AS stretch`
    if (first === undefined || first.id === null) break
    found.push(...(yield* select(first.id, below, options.limit - found.length)))
    if (options.atOnce) break
    below = first.id
  }
  return found
})

/** A page of rows in the order of their ids. `found` has one row beyond the limit if there is a next page. */
export const pageOf = <A extends { readonly id: string }>(
  found: ReadonlyArray<A>,
  limit: number
): Page<A> => {
  const items = found.slice(0, limit)
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null }
}
