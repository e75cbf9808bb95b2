/** What a claim makes of its clock: the time of the Spot, or stored times that are set first. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import type { Budget, Claiming } from "../../../src/index.ts"
import { following } from "../../../src/store/claim/following.ts"
import { type Reading, timelinesOf } from "../../../src/store/rows/timeline.ts"
import { layers } from "../../databases.ts"
import { lease } from "../../dispatching.ts"

const budget: Budget.Limits = { per10s: 10, per24h: 100, shares: { live: 0, retry: 0, replay: 0, import: 0 } }

const twoHours = 7_200_000

/** What a clock shows at one moment. */
const shows = (now: number, at: number, until = at): Reading => ({ now, from: at, to: until, system: 0 })

/** A claim's look at the clock of a Spot. */
const timeOf = (
  reading: Reading,
  {
    isDatabaseClock = false,
    open = Effect.void,
    ...options
  }: Partial<Claiming.ClaimOptions> & {
    readonly isDatabaseClock?: boolean
    readonly open?: Effect.Effect<unknown, unknown>
  } = {}
) =>
  SqlClient.SqlClient.use((sql) =>
    following({ sql, isDatabaseClock }).timeOf({ spot: "main", calls: 1, lease, ...options }, reading, open)
  )

const steadyTimeOf = (reading: Reading, term?: number, isDatabaseClock = false) =>
  SqlClient.SqlClient.useSync((sql) =>
    following({ sql, isDatabaseClock }).steadyTimeOf({ spot: "main", calls: 1, lease, term }, reading)
  )

const glanceOf = (reading: Reading, isDatabaseClock = false) =>
  SqlClient.SqlClient.useSync((sql) => following({ sql, isDatabaseClock }).glance("main", reading))

const timeline = SqlClient.SqlClient.useSync((sql) => timelinesOf(sql).get("main"))

/** Calls that were paid for, by when each began and when its window begins. */
const paid = (...calls: ReadonlyArray<readonly [number, number]>) =>
  SqlClient.SqlClient.use((sql) =>
    Effect.andThen(
      sql`DELETE FROM reservations`,
      Effect.forEach(
        calls,
        ([started_at, ends_at], number) =>
          sql`INSERT INTO reservations ${sql.insert({ spot: "main", lane: 0, number, started_at, ends_at })}`
      )
    )
  )

const calls = SqlClient.SqlClient.use((sql) =>
  Effect.map(
    sql<{
      started_at: number
      ends_at: number
    }>`SELECT started_at, ends_at FROM reservations ORDER BY number`,
    (rows) => rows.map(({ started_at, ends_at }) => [started_at, ends_at])
  )
)

/** One that has ended, and one whose window ends later than any lease. */
const endedAndFar = paid([995_000, 997_000], [1_000_000, 5_000_000])

const test = (sentence: string, body: Effect.Effect<unknown, unknown, SqlClient.SqlClient>) =>
  it.effect(sentence, () =>
    Effect.andThen(TestClock.adjust(0), Effect.provide(body, layers["SQLite in memory"]))
  )

describe("the first claim of a process", () => {
  test(
    "sets what lies too far ahead, counts the calls of the last short window anew, and follows the clock from there",
    Effect.gen(function* () {
      yield* endedAndFar
      expect(yield* timeOf(shows(1_000_000.4, 100, 300), { budget })).toBeUndefined()
      expect(yield* calls).toEqual([
        [995_000, 1_000_000],
        [1_000_000, 1_120_000]
      ])
      expect(yield* timeline).toEqual({ term: undefined, offset: 999_800.4 })
      // Of the clock only the part that the process lets pass.
      expect(yield* timeOf(shows(1_001_000, 1_100))).toBe(1_000_900)
    })
  )

  for (const [how, options] of [
    ["by the database's clock", { budget, isDatabaseClock: true }],
    ["without a budget", {}]
  ] as const) {
    test(
      `${how} leaves the calls of the last short window as they are`,
      Effect.gen(function* () {
        yield* endedAndFar
        expect(yield* timeOf(shows(1_000_000, 100), options)).toBeUndefined()
        expect(yield* calls).toEqual([
          [995_000, 997_000],
          [1_000_000, 1_120_000]
        ])
      })
    )
  }
})

describe("after the clock was set by two hours", () => {
  /** The times of what was paid, after a claim in this term. */
  const inTerm = (term: number) =>
    Effect.gen(function* () {
      yield* timeOf(shows(1_000_000, 100), { term: 1, budget })
      yield* paid([1_000_000, 1_000_100])
      yield* timeOf(shows(1_000_000 + twoHours, 200), { term, budget })
      return yield* calls
    })

  for (const [when, term] of [
    ["in the same term", 1],
    ["in the next term, which the relay began anew", 2]
  ] as const) {
    test(
      `the stored times follow ${when}`,
      Effect.gen(function* () {
        const [[started = 0] = []] = yield* inTerm(term)
        expect(started).toBeGreaterThanOrEqual(1_000_000 + twoHours - 1_000)
      })
    )
  }

  test(
    "the stored times stay as they are once another relay has led the Spot, which has set them",
    Effect.gen(function* () {
      const [[started] = []] = yield* inTerm(3)
      expect(started).toBe(1_000_000)
    })
  )
})

describe("by the database's clock", () => {
  const options = { isDatabaseClock: true }

  for (const [until, offset] of [
    [1_499, 1_000_700 - 1_249.5],
    [1_500, 999_900]
  ] as const) {
    test(
      `the time is exactly the server's, and settlements go by an answer that came after ${until - 1_000} ms or do not`,
      Effect.gen(function* () {
        yield* timeOf(shows(1_000_000, 100), options)
        expect(yield* timeOf(shows(1_000_700, 1_000, until), options)).toBe(1_000_700)
        expect(yield* timeline).toEqual({ term: undefined, offset })
      })
    )
  }

  test(
    "only a clock that was set is told",
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.make(({ message }) => void lines.push(String(message)))
      yield* Effect.gen(function* () {
        yield* timeOf(shows(1_000_000, 100), options)
        yield* timeOf(shows(1_000_000, 100), options)
        expect(lines).toEqual([])
        yield* timeOf(shows(1_000_000 + twoHours, 100), options)
        expect(lines).toEqual(["Spot main: the clock of the database server was set forward by 2h"])
        // The process tells of its own clock itself.
        yield* timeOf(shows(1_000_000, 100))
        expect(lines).toHaveLength(1)
      }).pipe(Effect.provide(Logger.layer([logger])))
    })
  )
})

describe("a clock that was set", () => {
  for (const isDatabaseClock of [false, true]) {
    test(
      `shifts all times and nothing else (${isDatabaseClock ? "the database's" : "the process's"})`,
      Effect.gen(function* () {
        yield* timeOf(shows(1_000_000, 100), { budget, isDatabaseClock })
        yield* endedAndFar
        const set = shows(1_001_000 + twoHours, 1_100)
        expect(yield* timeOf(set, { budget, isDatabaseClock })).toBeUndefined()
        expect(yield* calls).toEqual([
          [995_000 + twoHours, 997_000 + twoHours],
          [1_000_000 + twoHours, 5_000_000 + twoHours]
        ])
        expect(yield* timeline).toEqual({ term: undefined, offset: 999_900 + twoHours })
        expect(yield* timeOf(set, { budget, isDatabaseClock })).toBe(1_001_000 + twoHours)
      })
    )
  }

  for (const [whose, isDatabaseClock, by] of [
    ["the process's clock shifts all times, because nobody else has", false, twoHours],
    ["the database's clock shifts none, because another relay may have", true, 0]
  ] as const) {
    test(
      `in another term ${whose}; what lies too far ahead is set in both`,
      Effect.gen(function* () {
        yield* timeOf(shows(1_000_000, 100), { budget, isDatabaseClock, term: 1 })
        yield* paid([995_000, 997_000], [1_000_000, 50_000_000])
        const now = 1_000_000 + twoHours
        expect(yield* timeOf(shows(now, 100), { budget, isDatabaseClock, term: 2 })).toBeUndefined()
        expect(yield* calls).toEqual([
          [995_000 + by, 997_000 + by],
          [1_000_000 + by, now + 120_000]
        ])
        expect(yield* timeline).toEqual({ term: 2, offset: now - 100 })
      })
    )
  }

  test(
    "in another term, a clock that was not set shifts nothing, and what lies too far ahead is set",
    Effect.gen(function* () {
      yield* timeOf(shows(1_000_000, 100), { budget, term: 1 })
      yield* endedAndFar
      expect(yield* timeOf(shows(1_000_000, 100), { budget, term: 2 })).toBeUndefined()
      expect(yield* calls).toEqual([
        [995_000, 997_000],
        [1_000_000, 1_120_000]
      ])
    })
  )
})

describe("a look without a claim", () => {
  test(
    "sets nothing, and tells the time of the Spot where the process knows it",
    Effect.gen(function* () {
      yield* endedAndFar
      expect(yield* glanceOf(shows(1_000_000, 100))).toBe(1_000_000)
      expect(yield* timeline).toBeUndefined()
      yield* timeOf(shows(1_000_000.4, 100))
      expect(yield* glanceOf(shows(1_000_000 + twoHours, 200))).toBe(1_000_100)
      expect(yield* glanceOf(shows(1_000_007, 200), true)).toBe(1_000_007)
      expect(yield* timeline).toEqual({ term: undefined, offset: 999_900.4 })
    })
  )
})

describe("within another transaction", () => {
  test(
    "the time is known only in the same term, and while no clock was set",
    Effect.gen(function* () {
      expect(yield* steadyTimeOf(shows(1_000_000, 100))).toBeUndefined()
      yield* timeOf(shows(1_000_000, 100), { term: 1 })
      expect(yield* steadyTimeOf(shows(1_000_000, 100), 1)).toBe(1_000_000)
      expect(yield* steadyTimeOf(shows(1_000_000, 100), 2)).toBeUndefined()
      expect(yield* steadyTimeOf(shows(1_000_000 + twoHours, 100), 1)).toBeUndefined()
      expect(yield* steadyTimeOf(shows(1_000_200, 100), 1)).toBe(1_000_000)
      expect(yield* steadyTimeOf(shows(1_000_200, 100), 1, true)).toBe(1_000_200)
    })
  )
})

describe("a database that fails", () => {
  test(
    "while the times are set leaves all as they were",
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* endedAndFar
      // The last of what is set.
      yield* sql`DROP TABLE spots`
      yield* Effect.flip(timeOf(shows(1_000_000, 100)))
      expect(yield* calls).toContainEqual([1_000_000, 5_000_000])
      expect(yield* timeline).toBeUndefined()
    })
  )

  test(
    "at the commit leaves the process with the clock that it had",
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE parents (id INTEGER PRIMARY KEY)`
      yield* sql`CREATE TABLE children (id INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED)`
      const open = sql`INSERT INTO children VALUES (1)`
      yield* Effect.flip(timeOf(shows(1_000_000, 100), { open })).pipe(TestClock.withLive)
      expect(yield* timeline).toBeUndefined()
      yield* timeOf(shows(1_000_000, 100))
      yield* Effect.flip(timeOf(shows(1_000_000 + twoHours, 100), { open })).pipe(TestClock.withLive)
      expect(yield* timeline).toEqual({ term: undefined, offset: 999_900 })
    })
  )
})
