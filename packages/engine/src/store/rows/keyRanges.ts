/**
 * Splits long work into keyset batches of ids, so that other work runs in between. On SQLite a statement blocks the only
 * connection and the event loop, so no step may be long.
 */
import { Clock, Duration, Effect, Option, Stream } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import type { Page } from "@usher/model/Search"
import { SearchTime } from "../../ports/Operations.ts"
import type { Store } from "./store.ts"
import { toInboxUnavailable } from "./transaction.ts"
import { timeOfId } from "./ulidTime.ts"

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
  newestId(sql, table).pipe(
    toInboxUnavailable,
    Effect.map((newest) => keyRanges(sql, table, newest, rows)),
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
    nextRange(sql, table, { above, upTo: newest }, rows).pipe(
      Effect.map((range) => range && ([range, range.upTo] as const)),
      toInboxUnavailable
    )
  )

/** The first batch of a range. Undefined if the range has no rows. */
export const nextRange = (
  sql: SqlClient.SqlClient,
  table: Table,
  { above, upTo }: KeyRange,
  rows = batchSize
): Effect.Effect<KeyRange | undefined, SqlError.SqlError> =>
  Effect.map(
    sql<{ id: string | null }>`SELECT max(id) AS id FROM
      (SELECT id FROM ${sql(table)} WHERE id > ${above} AND id <= ${upTo} ORDER BY id LIMIT ${rows}) AS stretch`,
    ([last]) => (last?.id == null ? undefined : { above, upTo: last.id })
  )

/** The id of the newest row; empty if there is none. */
export const newestId = (sql: SqlClient.SqlClient, table: Table): Effect.Effect<string, SqlError.SqlError> =>
  Effect.map(
    sql<{ id: string | null }>`SELECT max(id) AS id FROM ${sql(table)}`,
    ([newest]) => newest?.id ?? ""
  )

interface Found<A> {
  readonly rows: ReadonlyArray<A>
  /** The id down to which the table is searched, if the time was over before the end. */
  readonly stoppedAt: string | undefined
}

/** Collects rows batch by batch, newest first, until there are `limit` of them, none is left, or the time is over. */
export const newestFirst = Effect.fnUntraced(function* <A extends { readonly id: string }>(
  { sql }: Store,
  table: Table,
  options: { readonly limit: number; readonly below: string | undefined; readonly atOnce: boolean },
  /** Ids in `[from, below)`. */
  select: (from: string, below: string, limit: number) => Effect.Effect<ReadonlyArray<A>, SqlError.SqlError>
): Effect.fn.Return<Found<A>, SqlError.SqlError> {
  const rows: Array<A> = []
  const end = (yield* Clock.currentTimeMillis) + Duration.toMillis(yield* SearchTime)
  // Every id sorts below this.
  let below = options.below ?? "~"
  while (rows.length < options.limit) {
    yield* Effect.yieldNow
    const [first] = options.atOnce
      ? [{ id: "" }]
      : yield* sql<{ id: string | null }>`SELECT min(id) AS id FROM
          (SELECT id FROM ${sql(table)} WHERE id < ${below} ORDER BY id DESC LIMIT ${batchSize}) AS stretch`
    if (first === undefined || first.id === null) break
    rows.push(...(yield* select(first.id, below, options.limit - rows.length)))
    if (options.atOnce) break
    below = first.id
    const isOver = (yield* Clock.currentTimeMillis) >= end
    if (isOver && rows.length < options.limit) return { rows, stoppedAt: below }
  }
  return { rows, stoppedAt: undefined }
})

/** A page of rows in the order of their ids. There is one row beyond the limit if there is a next page. */
export const pageOf = <A extends { readonly id: string }>(
  { rows, stoppedAt }: Found<A>,
  limit: number
): Page<A> => {
  const items = rows.slice(0, limit)
  const next = rows.length > limit ? items.at(-1)?.id : stoppedAt
  const searchedTo = next === stoppedAt && stoppedAt !== undefined ? timeOfId(stoppedAt) : null
  return { items, next: next ?? null, ...(searchedTo === null ? {} : { searchedTo }) }
}
