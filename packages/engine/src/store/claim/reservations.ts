/**
 * Counts the calls of a Spot against its budget, in two sliding windows (docs/decisions/0002-sliding-windows.md). Calls
 * are numbered within their lane, so the difference of two numbers counts the calls between them.
 */
import { Effect } from "effect"
import type { SqlClient, SqlError, Statement } from "effect/sql"
import type { Lane } from "@usher/model/Invitation"
import * as Budget from "../../ports/Budget.ts"
import type { Reservation } from "../../ports/Claiming.ts"
import * as rows from "../rows/rows.ts"
import { skipLocked } from "../rows/store.ts"

/** For windows up to this length, each call is counted by its own end, exact to the millisecond. */
const shortWindow = 5 * 60_000

const none = { live: 0, retry: 0, replay: 0, import: 0 }

type Count = Record<Lane, number>

/** One row of the combined result of several queries. */
export interface Figure {
  /** The query that the row belongs to: the index of a window, or one of `parts`. */
  readonly part: number
  readonly lane: number
  /** Null if there is nothing to count. */
  readonly count: number | null
  /** In milliseconds. */
  readonly time: number | null
}

/** The queries besides the windows. */
export const parts = { numbers: -1, oldest: -2, ready: -3 } as const

const laneNumbers = Object.values(rows.laneNumbers)

/** The budget as a claim sees it. */
export interface Ledger {
  readonly usages: ReadonlyArray<Budget.Usage>
  /** The last number by lane. */
  readonly numbers: ReadonlyMap<number, number>
  /** The earliest end of the stored calls; `Infinity` if there are none. */
  readonly oldest: number
}

/** The ledger of a claim without a budget. */
export const noLedger: Ledger = { usages: [], numbers: new Map(), oldest: Infinity }

export const reservations = (sql: SqlClient.SqlClient) => {
  const nothing = sql.literal("CAST(NULL AS BIGINT)")
  const number = (value: number) => sql.literal(String(value))

  const inShort = (part: number, spot: string, window: Budget.Window, now: number) => [
    sql`SELECT ${number(part)} AS part, lane, count(*) AS count, min(ends_at) AS time FROM reservations
      WHERE spot = ${spot} AND ends_at > ${now - window.millis} GROUP BY lane`
  ]

  /** In a long window the margin for the duration of a call is negligible: all calls that began since then count. */
  const inLong = (part: number, spot: string, since: number) =>
    laneNumbers.map(
      (lane) => sql`SELECT ${number(part)} AS part, ${number(lane)} AS lane,
        (SELECT max(number) FROM reservations WHERE spot = ${spot} AND lane = ${number(lane)}) - counting.number + 1 AS count,
        counting.started_at AS time
        FROM (SELECT number, started_at FROM reservations WHERE spot = ${spot} AND lane = ${number(lane)} AND started_at > ${since}
          ORDER BY started_at, number LIMIT 1) AS counting`
    )

  const windowsOf = (spot: string, limits: Budget.Limits, now: number, margin: number) =>
    Budget.windows(limits).flatMap((window, part) =>
      window.millis <= shortWindow
        ? inShort(part, spot, window, now)
        : inLong(part, spot, now - window.millis - margin)
    )

  const usagesOf = (
    limits: Budget.Limits,
    margin: number,
    figures: ReadonlyArray<Figure>
  ): ReadonlyArray<Budget.Usage> =>
    Budget.windows(limits).map((window, place) => {
      const wait = window.millis + (window.millis <= shortWindow ? 0 : margin)
      const used: Count = { ...none }
      let freesAt = Infinity
      for (const { part, lane, count, time } of figures) {
        if (part !== place) continue
        used[rows.laneNamed(lane)] = Number(count)
        freesAt = Math.min(freesAt, Number(time) + wait)
      }
      return { calls: window.calls, millis: window.millis, used, freesAt }
    })

  const ask = (questions: ReadonlyArray<Statement.Fragment>) =>
    sql<Figure>`${sql.join(" UNION ALL ", false)(questions)}`

  return {
    ask,

    usages: (
      spot: string,
      limits: Budget.Limits,
      now: number,
      margin: number
    ): Effect.Effect<ReadonlyArray<Budget.Usage>, SqlError.SqlError> =>
      Effect.map(ask(windowsOf(spot, limits, now, margin)), (figures) => usagesOf(limits, margin, figures)),

    /** The queries that `ledgerOf` reads. */
    questions: (spot: string, limits: Budget.Limits, now: number, margin: number) => [
      ...windowsOf(spot, limits, now, margin),
      ...laneNumbers.map(
        (lane) => sql`SELECT ${number(parts.numbers)} AS part, ${number(lane)} AS lane,
          (SELECT max(number) FROM reservations WHERE spot = ${spot} AND lane = ${number(lane)}) AS count, ${nothing} AS time`
      ),
      sql`SELECT ${number(parts.oldest)} AS part, 0 AS lane, ${nothing} AS count,
        (SELECT min(ends_at) FROM reservations WHERE spot = ${spot}) AS time`
    ],

    ledgerOf: (limits: Budget.Limits, margin: number, figures: ReadonlyArray<Figure>): Ledger => ({
      usages: usagesOf(limits, margin, figures),
      numbers: new Map(
        figures.flatMap(({ part, lane, count }) => (part === parts.numbers ? [[lane, Number(count)]] : []))
      ),
      oldest: Number(figures.find(({ part }) => part === parts.oldest)?.time ?? Infinity)
    }),

    /** Records calls that are about to begin, one for each of these lanes. */
    insert: Effect.fnUntraced(function* (
      spot: string,
      lanes: ReadonlyArray<number>,
      last: Ledger["numbers"],
      times: { readonly now: number; readonly endsAt: number; readonly since: number }
    ) {
      const numbers = new Map(last)
      const news = lanes.map((lane) => {
        const number = (numbers.get(lane) ?? 0) + 1
        numbers.set(lane, number)
        return { spot, lane, number }
      })
      const [first, ...rest] = news.map((one) => ({ ...one, started_at: times.now, ends_at: times.endsAt }))
      if (first !== undefined) yield* sql`INSERT INTO reservations ${sql.insert([first, ...rest])}`
      return news.map(({ lane, number }): Reservation => ({ spot, lane, number, since: times.since }))
    }),

    /** Deletes a few calls that no window counts any more. */
    forget: (spot: string, before: number) =>
      sql`DELETE FROM reservations WHERE spot = ${spot} AND ends_at <= ${before} AND (spot, lane, number) IN
        (SELECT spot, lane, number FROM reservations WHERE spot = ${spot} AND ends_at <= ${before} ORDER BY ends_at LIMIT 200 ${skipLocked(sql, "reservations")})`
  }
}
