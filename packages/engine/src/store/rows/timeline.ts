/**
 * The time of a Spot, by which its calls are counted, leased and due. In a database that relays share, it is the
 * database's clock. In a file, it is the system clock at the start of the relay, plus the time elapsed since.
 */
import { Clock, Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { monotonic, monotonicUnsafe } from "../../runtime/monotonic.ts"

/** Differences below this, in milliseconds, do not count as a changed clock. */
export const tolerance = 1_000

/** The time of a Spot, as this process computes it. */
export interface Timeline {
  /** The term in which this relay leads the Spot. */
  term: number | undefined
  /** Milliseconds to add to this process's monotonic time. */
  offset: number
}

const known = new WeakMap<SqlClient.SqlClient, Map<string, Timeline>>()

/** The timelines of the Spots that this process dispatches with this client, by Spot. */
export const timelinesOf = (sql: SqlClient.SqlClient): Map<string, Timeline> => {
  const timelines = known.get(sql) ?? new Map<string, Timeline>()
  known.set(sql, timelines)
  return timelines
}

/** SQL expression for the server's clock, in milliseconds since 1970. */
export const serverNow = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint"

/** The value of a clock, read between two moments of the monotonic time. */
export interface Reading {
  readonly now: number
  readonly from: number
  readonly to: number
  /** The system clock, at `to`. */
  readonly system: number
}

/**
 * By how much the clock was changed since the timeline began; 0 if it was not. A process that was frozen during the
 * reading proves nothing.
 */
export const setBy = (
  { offset }: Pick<Timeline, "offset">,
  { now, from, to }: Pick<Reading, "now" | "from" | "to">
): number => {
  const least = now - offset - to
  const most = now - offset - from
  const certain = least > 0 ? least : most < 0 ? most : 0
  return Math.abs(certain) < tolerance ? 0 : Math.round(certain)
}

/**
 * The time of a clock, and the milliseconds to add to its times to get the system's. They are 0 while the clocks agree, so that
 * a stored time is shown the same each time that it is read.
 */
const besideSystem = Effect.fnUntraced(function* <E>(clock: Effect.Effect<number, E>) {
  const from = yield* Clock.currentTimeMillis
  const now = yield* clock
  const to = yield* Clock.currentTimeMillis
  return { now, offset: -setBy({ offset: 0 }, { now, from, to }) }
})

export const timing = (sql: SqlClient.SqlClient, isDatabaseClock: boolean) => {
  const timelines = timelinesOf(sql)

  /** The clock that the timelines follow. */
  const reference: Effect.Effect<number, SqlError.SqlError> = isDatabaseClock
    ? Effect.map(sql<{ now: number }>`SELECT ${sql.literal(serverNow)} AS now`, ([row]) => Number(row?.now))
    : Clock.currentTimeMillis

  /** The time of a Spot. Without a timeline, because another process dispatches the Spot, it is the reference clock. */
  const at = (spot: string): Effect.Effect<number, SqlError.SqlError> =>
    Effect.suspend(() => {
      const timeline = timelines.get(spot)
      return timeline === undefined
        ? reference
        : Effect.map(monotonic, (passed) => Math.round(passed + timeline.offset))
    })

  return {
    /** The time by the clock that the timelines follow, and the milliseconds to add to its times to get the system's. */
    reference: besideSystem(reference),
    at,
    /** The time of the Spot, and the milliseconds to add to its times to get the system's. */
    of: (spot: string) => besideSystem(at(spot)),
    /** Reads the clock: the server's, which was asked at `from`, or this process's. */
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
