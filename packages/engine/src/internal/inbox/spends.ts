/** The calls that count against a Spot's budget. Each has a number of its lane, so that many are counted by two of them. */
import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import type { Lane, Spend } from "../../Dispatch.ts"
import * as Budget from "../../Budget.ts"
import * as rows from "./rows.ts"
import { skipLocked } from "./store.ts"

/** Up to this length each call of a window is looked at, which is exact to the millisecond. */
const shortWindow = 5 * 60_000

const none = { live: 0, retry: 0, replay: 0, import: 0 }

type Count = Record<Lane, number>

export const spending = (sql: SqlClient.SqlClient) => {
  const inShort = Effect.fnUntraced(function* (spot: string, window: Budget.Window, now: number) {
    const counting = yield* sql<{ lane: number; calls: number | bigint; first: number | bigint }>`
      SELECT lane, count(*) AS calls, min(ends_at) AS first FROM spends
      WHERE spot = ${spot} AND ends_at > ${now - window.millis} GROUP BY lane`
    const used: Count = { ...none }
    let freesAt = Infinity
    for (const { lane, calls, first } of counting) {
      used[rows.laneNamed(lane)] = Number(calls)
      freesAt = Math.min(freesAt, Number(first) + window.millis)
    }
    return { ...window, used, freesAt }
  })

  /** In a long window the margin that any call may take is nothing: all that began since then count. */
  const inLong = Effect.fnUntraced(function* (
    spot: string,
    window: Budget.Window,
    now: number,
    margin: number
  ) {
    const lane = (number: number) => sql`SELECT ${sql.literal(`${number}`)} AS lane,
      (SELECT max(number) FROM spends WHERE spot = ${spot} AND lane = ${number}) AS last, counting.number AS first, counting.started_at AS started
      FROM (SELECT number, started_at FROM spends WHERE spot = ${spot} AND lane = ${number} AND started_at > ${now - window.millis - margin}
        ORDER BY started_at, number LIMIT 1) AS counting`
    const counting = yield* sql<
      Record<"last" | "first" | "started", number | bigint> & { lane: number }
    >`${lane(0)} UNION ALL ${lane(1)} UNION ALL ${lane(2)} UNION ALL ${lane(3)}`
    const used: Count = { ...none }
    let freesAt = Infinity
    for (const { lane, last, first, started } of counting) {
      used[rows.laneNamed(lane)] = Number(last) - Number(first) + 1
      freesAt = Math.min(freesAt, Number(started) + window.millis + margin)
    }
    return { ...window, used, freesAt }
  })

  return {
    usages: (
      spot: string,
      limits: Budget.Limits,
      now: number,
      margin: number
    ): Effect.Effect<ReadonlyArray<Budget.Usage>, SqlError.SqlError> =>
      Effect.forEach(Budget.windows(limits), (window) =>
        window.millis <= shortWindow ? inShort(spot, window, now) : inLong(spot, window, now, margin)
      ),

    /** Pays for calls that are about to begin, one for each lane that is named. */
    spend: Effect.fnUntraced(function* (
      spot: string,
      lanes: ReadonlyArray<number>,
      now: number,
      endsAt: number,
      since: number
    ): Effect.fn.Return<ReadonlyArray<Spend>, SqlError.SqlError> {
      const last = yield* sql<{ lane: number; number: number | bigint }>`
        SELECT lane, max(number) AS number FROM spends WHERE spot = ${spot} AND ${sql.in("lane", [...new Set(lanes)])} GROUP BY lane`
      const numbers = new Map(last.map(({ lane, number }) => [lane, Number(number)]))
      const news = lanes.map((lane) => {
        const number = (numbers.get(lane) ?? 0) + 1
        numbers.set(lane, number)
        return { spot, lane, number }
      })
      const [first, ...rest] = news.map((one) => ({ ...one, started_at: now, ends_at: endsAt }))
      if (first !== undefined) yield* sql`INSERT INTO spends ${sql.insert([first, ...rest])}`
      return news.map(({ lane, number }): Spend => ({ spot, lane, number, since }))
    }),

    /** Lets go of a few that count in no window any more. */
    forget: (spot: string, before: number) =>
      sql`DELETE FROM spends WHERE spot = ${spot} AND ends_at <= ${before} AND (spot, lane, number) IN
        (SELECT spot, lane, number FROM spends WHERE spot = ${spot} AND ends_at <= ${before} ORDER BY ends_at LIMIT 200 ${skipLocked(sql, "spends")})`
  }
}
