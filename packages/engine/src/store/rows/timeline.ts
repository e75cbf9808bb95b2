/**
 * The time by which a Spot's calls are counted, leased and due. On a database that relays share it is the database's clock.
 * On a file it is the system clock as it was when the relay began, plus the time that has passed since.
 */
import { Clock, Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { monotonic, monotonicUnsafe } from "../../runtime/monotonic.ts"

/** Milliseconds: a clock that differs by less has not been set. */
export const tolerance = 1_000

/** How the time of a Spot goes in this process. */
export interface Timeline {
  /** Of the term in which this relay leads the Spot. */
  epoch: number | undefined
  /** Milliseconds from the monotonic time of this process to the time of the Spot. */
  offset: number
}

const known = new WeakMap<SqlClient.SqlClient, Map<string, Timeline>>()

/** The timelines of the Spots that this process dispatches with this client, by name. */
export const timelinesOf = (sql: SqlClient.SqlClient): Map<string, Timeline> => {
  const timelines = known.get(sql) ?? new Map<string, Timeline>()
  known.set(sql, timelines)
  return timelines
}

/** An SQL expression: milliseconds since 1970 by the server's clock. */
export const serverNow = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint"

/** What a clock showed at some moment between two moments of the monotonic time. */
export interface Reading {
  readonly now: number
  readonly from: number
  readonly to: number
  /** By the system clock, at `to`. */
  readonly system: number
}

/** By how much the clock was set since the timeline began; 0 if it was not. A process that was frozen during the reading proves nothing. */
export const setBy = ({ offset }: Timeline, { now, from, to }: Reading): number => {
  const least = now - offset - to
  const most = now - offset - from
  const certain = least > 0 ? least : most < 0 ? most : 0
  return Math.abs(certain) < tolerance ? 0 : Math.round(certain)
}

export const timing = (sql: SqlClient.SqlClient, isDatabaseClock: boolean) => {
  const timelines = timelinesOf(sql)

  /** By the clock that the timelines follow. */
  const reference: Effect.Effect<number, SqlError.SqlError> = isDatabaseClock
    ? Effect.map(sql<{ now: number }>`SELECT ${sql.literal(serverNow)} AS now`, ([row]) => Number(row?.now))
    : Clock.currentTimeMillis

  /** The time of a Spot; of one that this process does not dispatch, by the clock. */
  const at = (spot: string): Effect.Effect<number, SqlError.SqlError> =>
    Effect.suspend(() => {
      const timeline = timelines.get(spot)
      return timeline === undefined
        ? reference
        : Effect.map(monotonic, (passed) => Math.round(passed + timeline.offset))
    })

  return {
    reference,
    at,
    /** Milliseconds to add to a time of the Spot, for people who read it by the system clock. */
    toSystem: (spot: string) =>
      Effect.map(Effect.zip(Clock.currentTimeMillis, at(spot)), ([now, at]) => now - at),
    /** What the clock shows: the server's, which was asked at `from`, or this process's. */
    read: (server: number | null, from: number): Effect.Effect<Reading> =>
      Clock.clockWith((clock) =>
        Effect.sync(() => {
          const begun = server === null ? monotonicUnsafe(clock) : from
          const system = clock.currentTimeMillisUnsafe()
          return { now: server ?? system, from: begun, to: monotonicUnsafe(clock), system }
        })
      )
  }
}
