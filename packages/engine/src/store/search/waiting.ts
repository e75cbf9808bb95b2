/** Counts pending work by partial indexes, so that finished rows cost nothing. */
import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { type Backlog, maxCounted, type Queue, type Waiting } from "@usher/model/Backlog"
import * as Search from "@usher/model/Search"
import type { InboxUnavailable } from "../../ports/Inbox.ts"
import { limited } from "../rows/store.ts"
import { unavailable } from "../rows/transaction.ts"
import { oldest, timeOf } from "./waitingSources.ts"

/** The first rows of a table that match, at most `maxCounted`. All counts of pending work are based on it. */
const counted = (sql: SqlClient.SqlClient, column: string, from: string, where: Statement.Fragment) =>
  sql`SELECT ${sql.literal(column)} FROM ${sql.literal(from)} WHERE ${where} ${limited(sql, maxCounted)}`

export const counting = (sql: SqlClient.SqlClient) => {
  /** The count as a scalar subquery, also for use within another statement. */
  const numberOf = (from: string, where: Statement.Fragment) =>
    sql`(SELECT count(*) FROM (${counted(sql, "1 AS one", from, where)}) AS counted)`

  /** Counts rows. Literals show the planner that a partial index covers them. */
  const count = (from: string, where: Statement.Fragment) =>
    Effect.map(sql<{ count: number }>`SELECT ${numberOf(from, where)} AS count`, ([row]) => row?.count ?? 0)

  const ofSpot = (ready: 0 | 1, spot: string | undefined) => {
    const isReady = sql.literal(`ready = ${ready}`)
    return spot === undefined ? sql`${isReady}` : sql`spot = ${spot} AND ${isReady}`
  }

  /** Unmapped webhooks. */
  const received = Effect.gen(function* () {
    const [first] = yield* oldest(sql)
    const found: Queue = {
      count: yield* count("webhooks", sql.literal("status = 'received'")),
      oldest: timeOf(first)
    }
    return found
  })

  /** Invitations that are due now. Default: of every Spot. */
  const due = (spot?: string) =>
    Effect.map(
      sql<{
        count: number
        oldest: number | null
      }>`SELECT count(*) AS count, min(due_at) AS oldest
        FROM (${counted(sql, "due_at", "invitations", ofSpot(1, spot))}) AS counted`,
      ([row]): Queue => ({ count: row?.count ?? 0, oldest: timeOf(row) })
    )

  /** Invitations that wait for their next attempt. Default: of every Spot. */
  const later = (spot?: string) => count("invitations", ofSpot(0, spot))

  const pending = (ready: 0 | 1, spot: string) =>
    counted(sql, "batch", "invitations", sql`${ofSpot(ready, spot)} AND status = 'pending'`)

  const backlog = Effect.fnUntraced(function* (spot: string) {
    const groups = yield* sql<{ count: number }>`SELECT count(*) AS count FROM
      (SELECT batch FROM (${pending(1, spot)}) AS due UNION ALL SELECT batch FROM (${pending(0, spot)}) AS later) AS pending
      GROUP BY batch`
    const counts = groups.map(({ count }) => count)
    const invitations = counts.reduce((sum, count) => sum + count, 0)
    const found: Backlog = { invitations, calls: Search.calls(counts), isMore: invitations >= maxCounted }
    return found
  }, unavailable)

  const bySpot = <A, E>(spots: ReadonlyArray<string>, of: (spot: string) => Effect.Effect<A, E>) =>
    Effect.map(
      Effect.forEach(spots, (spot) => Effect.map(of(spot), (value) => [spot, value] as const)),
      (entries) => new Map(entries)
    )

  const waiting = (spots: ReadonlyArray<string>): Effect.Effect<Waiting, InboxUnavailable> =>
    Effect.all({ received, due: bySpot(spots, due), later: bySpot(spots, later) }).pipe(
      unavailable,
      Effect.withTracerEnabled(false)
    )

  return { count, numberOf, received, due, later, backlog, waiting }
}
