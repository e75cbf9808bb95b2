/** Reads when a source received webhooks, and how many webhooks or refusals were counted for it. */
import { DateTime, Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { InboxUnavailable } from "../../ports/Inbox.ts"
import { spans } from "../rows/counting.ts"
import { toInboxUnavailable } from "../rows/transaction.ts"

/**
 * Which counts of a source to read. Both kinds have an index.
 *
 * @category options
 */
export interface CountOptions {
  /** The name of the source. */
  readonly source: string
  /** What was counted. */
  readonly name: "accepted" | "refused"
  /** The length of a bucket. Minutes are kept for 2 days, hours for 400 days. */
  readonly bucket: keyof typeof spans
  /** The first bucket begins at this time or later. */
  readonly from: DateTime.Utc
  /** The last bucket begins before this time. */
  readonly to: DateTime.Utc
}

/**
 * What was counted in one bucket.
 *
 * @category models
 */
export interface Count {
  /** When the bucket begins, in milliseconds since 1970. */
  readonly at: number
  /** How many. */
  readonly count: number
}

const timeOf = (row: { readonly at: number | null } | undefined): DateTime.Utc | null =>
  row?.at == null ? null : DateTime.makeUnsafe(row.at)

export const pacing = (sql: SqlClient.SqlClient) => {
  const accepted = (at: "min(at)" | "max(at)", source: string, span: keyof typeof spans) =>
    Effect.map(
      sql<{ at: number | null }>`SELECT ${sql.literal(at)} AS at FROM counts
        WHERE name = 'accepted' AND source = ${source} AND span = ${span}`,
      ([row]) => timeOf(row)
    )

  return {
    lastReceived: Effect.fnUntraced(function* (source: string) {
      return (yield* accepted("max(at)", source, "minute")) ?? (yield* accepted("max(at)", source, "hour"))
    }, toInboxUnavailable),

    firstReceived: (source: string) => toInboxUnavailable(accepted("min(at)", source, "hour")),

    // The name is a literal, so that the planner sees the partial index.
    counted: ({
      source,
      name,
      bucket,
      from,
      to
    }: CountOptions): Effect.Effect<ReadonlyArray<Count>, InboxUnavailable> =>
      sql<Count>`SELECT at, CAST(sum(count) AS BIGINT) AS count FROM counts
        WHERE name = ${sql.literal(`'${name}'`)} AND source = ${source} AND span = ${bucket}
          AND at >= ${DateTime.toEpochMillis(from)} AND at < ${DateTime.toEpochMillis(to)}
        GROUP BY at ORDER BY at`.pipe(toInboxUnavailable)
  }
}
