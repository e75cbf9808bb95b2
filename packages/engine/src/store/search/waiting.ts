/** Counts pending work by partial indexes, so that finished rows cost nothing. */
import { Clock, Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { type Backlog, maxCounted, type Queue, type Waiting } from "@usher/model/Backlog"
import * as Calls from "@usher/model/Calls"
import type { InboxUnavailable } from "../../ports/Inbox.ts"
import { limited } from "../rows/store.ts"
import { toInboxUnavailable } from "../rows/transaction.ts"
import { oldest, timeOf } from "./waitingSources.ts"

/** The first rows of a table that match, at most `maxCounted`. All counts of pending work are based on it. */
const counted = (sql: SqlClient.SqlClient, column: string, from: string, where: Statement.Fragment) =>
  sql`SELECT ${sql.literal(column)} FROM ${sql.literal(from)} WHERE ${where} ${limited(sql, maxCounted)}`

/** Whether an invitation may be claimed now, or is due later. */
type State = "available" | "scheduled"

/** Invitations that one call can send together, or that wait together. */
interface Group {
  readonly is_parked: number
  readonly is_due: number
  readonly count: number
  readonly oldest: number
}

const backlogOf = (groups: ReadonlyArray<Group>, batchSize: number): Backlog => {
  const sum = (some: ReadonlyArray<Group>) => some.reduce((sum, { count }) => sum + count, 0)
  const parked = groups.filter(({ is_parked }) => is_parked === 1)
  const others = groups.filter(({ is_parked }) => is_parked === 0)
  const sendable = others.filter(({ is_due }) => is_due === 1)
  const invitations = sum(groups)
  return {
    invitations,
    sendable: sum(sendable),
    calls: Calls.count(
      sendable.map(({ count }) => count),
      batchSize
    ),
    oldestDue: timeOf(sendable.toSorted((one, other) => one.oldest - other.oldest)[0]),
    later: sum(others) - sum(sendable),
    parked: sum(parked),
    isMore: invitations >= maxCounted
  }
}

export const counting = (sql: SqlClient.SqlClient) => {
  /** The count as a scalar subquery, also for use within another statement. */
  const numberOf = (from: string, where: Statement.Fragment) =>
    sql`(SELECT count(*) FROM (${counted(sql, "1 AS one", from, where)}) AS counted)`

  /** Counts rows. Literals show the planner that a partial index covers them. */
  const count = (from: string, where: Statement.Fragment) =>
    Effect.map(sql<{ count: number }>`SELECT ${numberOf(from, where)} AS count`, ([row]) => row?.count ?? 0)

  const ofSpot = (state: State, spot: string | undefined) => {
    const isState = sql.literal(`state = '${state}'`)
    return spot === undefined ? sql`${isState}` : sql`spot = ${spot} AND ${isState}`
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
        FROM (${counted(sql, "due_at", "invitations", ofSpot("available", spot))}) AS counted`,
      ([row]): Queue => ({ count: row?.count ?? 0, oldest: timeOf(row) })
    )

  /** Invitations that wait for their next attempt. Default: of every Spot. */
  const later = (spot?: string) => count("invitations", ofSpot("scheduled", spot))

  const backlog = Effect.fnUntraced(function* (spot: string, batchSize: number = Calls.documented.batchSize) {
    const now = yield* Clock.currentTimeMillis
    const pending = (state: State) =>
      counted(
        sql,
        "batch_key, live_id, state, due_at",
        "invitations",
        sql`${ofSpot(state, spot)} AND status = 'pending'`
      )
    // A claim makes due what is scheduled, so a Spot that claims nothing has scheduled rows that are due.
    const groups = yield* sql<Group>`SELECT is_parked, is_due, count(*) AS count, min(due_at) AS oldest FROM
      (SELECT batch_key, due_at, CASE WHEN live_id IN (SELECT live_id FROM parked_lives WHERE spot = ${spot}) THEN 1 ELSE 0 END AS is_parked,
        CASE WHEN state = 'available' OR due_at <= ${now} THEN 1 ELSE 0 END AS is_due
        FROM (SELECT * FROM (${pending("available")}) AS available UNION ALL SELECT * FROM (${pending("scheduled")}) AS scheduled) AS pending) AS marked
      GROUP BY batch_key, is_parked, is_due`
    return backlogOf(groups, batchSize)
  }, toInboxUnavailable)

  const bySpot = <A, E>(spots: ReadonlyArray<string>, of: (spot: string) => Effect.Effect<A, E>) =>
    Effect.map(
      Effect.forEach(spots, (spot) => Effect.map(of(spot), (value) => [spot, value] as const)),
      (entries) => new Map(entries)
    )

  const waiting = (spots: ReadonlyArray<string>): Effect.Effect<Waiting, InboxUnavailable> =>
    Effect.all({ received, due: bySpot(spots, due), later: bySpot(spots, later) }).pipe(
      toInboxUnavailable,
      Effect.withTracerEnabled(false)
    )

  return { count, numberOf, received, due, later, backlog, waiting }
}
