/** The system clock, or the database's, is set while a relay dispatches, and while none does. */
import { describe, expect, it } from "@effect/vitest"
import { Clock, DateTime, Duration, Effect, Exit, Fiber, Layer, Logger, Redacted } from "effect"
import { CircuitBreaker } from "effect/persistence"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import {
  Budget,
  Events,
  Inbox,
  InboxSql,
  OperationsSql,
  SpotControl,
  SpotControlSql,
  StoreSql
} from "../../src/index.ts"
import * as ClockWatch from "../../src/runtime/ClockWatch.ts"
import { groupCommit } from "../../src/runtime/groupCommit.ts"
import { steadyClock } from "../../src/runtime/monotonic.ts"
import * as Postgres from "../../src/store/postgres/Postgres.ts"
import { databaseFile, layers, postgresDatabase } from "../databases.ts"
import { again, claim, claimOne, lease, nextDue, settle } from "../dispatching.ts"
import { alice, layerInboxAt, people, store } from "../fixtures.ts"

const hour = 3_600_000

/** Where the test's time begins, so that no time is before 1970. */
const start = Date.UTC(2026, 10, 29)

/** A clock that can be set: `by` is how far it has been. What passes in the meantime is the time of the test. */
const settable = Effect.map(Clock.Clock, (clock) => {
  const set = { by: 0 }
  const now = () => start + clock.currentTimeMillisUnsafe() + set.by
  const service: Clock.Clock = {
    currentTimeMillisUnsafe: now,
    currentTimeMillis: Effect.sync(now),
    currentTimeNanosUnsafe: () => BigInt(Math.round(now())) * 1_000_000n,
    currentTimeNanos: Effect.sync(() => BigInt(Math.round(now())) * 1_000_000n),
    monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: clock.monotonicTimeNanos,
    sleep: (duration) => clock.sleep(duration)
  }
  const pass = (time: Duration.Input) => Effect.provideService(TestClock.adjust(time), Clock.Clock, clock)
  return { set, service, pass }
})

type Settable = Effect.Success<typeof settable>

/** Runs a test with a clock that it can set, and time that it lets pass. */
const withClock = <A, E, R>(test: (set: Settable["set"], pass: Settable["pass"]) => Effect.Effect<A, E, R>) =>
  Effect.flatMap(settable, ({ set, service, pass }) =>
    Effect.provideService(test(set, pass), Clock.Clock, service)
  )

const limits: Budget.Limits = { per10s: 10, per24h: 25, shares: { live: 0, retry: 0, replay: 0, import: 0 } }

const claimed = (calls = 100) => Effect.map(claim(calls, "main", { budget: limits }), ({ length }) => length)

const jumps = [
  ["forward by two hours", 2 * hour],
  ["forward by a minute", 60_000],
  ["back by two hours", -2 * hour],
  ["back by half an hour", -hour / 2],
  ["back by five seconds", -5_000]
] as const

describe.each(Object.entries(layers))("on %s, a clock that was set", (_, layer) => {
  describe.each(jumps)("%s", (_, by) => {
    it.effect("frees no call of the short window early, and none late", () =>
      withClock((set, pass) =>
        Effect.gen(function* () {
          yield* store(people(40))
          expect(yield* claimed()).toBe(10)
          set.by = by
          expect(yield* claimed()).toBe(0)
          yield* pass(Duration.sum(lease, Duration.millis(9_990)))
          expect(yield* claimed()).toBe(0)
          yield* pass("10 millis")
          expect(yield* claimed()).toBe(10)
        }).pipe(Effect.provide(layer))
      )
    )

    it.effect("keeps the day's count", () =>
      withClock((set, pass) =>
        Effect.gen(function* () {
          yield* store(people(60))
          for (let round = 0; round < 4; round++) {
            yield* claimed()
            yield* pass("5 minutes")
          }
          set.by = by
          expect(yield* claimed()).toBe(0)
          yield* pass("23 hours")
          expect(yield* claimed()).toBe(0)
          yield* pass("50 minutes")
          expect(yield* claimed()).toBe(10)
        }).pipe(Effect.provide(layer))
      )
    )

    it.effect("changes neither how long a retry waits nor how long a lease lasts", () =>
      withClock((set, pass) =>
        Effect.gen(function* () {
          yield* store(people(2))
          const retried = yield* claimOne
          yield* settle(retried, yield* again("30 seconds"))
          const leased = yield* claimOne
          set.by = by
          expect(yield* claim()).toEqual([])
          const next = (yield* nextDue()) ?? DateTime.makeUnsafe(0)
          expect(DateTime.toEpochMillis(next) - (yield* Clock.currentTimeMillis)).toBeCloseTo(30_000, -1)
          yield* pass("30001 millis")
          expect((yield* claim()).map(({ id }) => id)).toEqual([retried.id])
          yield* pass("89998 millis")
          expect(yield* claim()).toEqual([])
          yield* pass("2 millis")
          expect((yield* claim()).map(({ id }) => id)).toEqual([leased.id])
        }).pipe(Effect.provide(layer))
      )
    )

    it.effect("changes neither a cooldown nor when a parked Live is tried again", () =>
      withClock((set, pass) =>
        Effect.gen(function* () {
          const control = yield* SpotControl.SpotControl
          yield* store(people(2))
          yield* claimOne
          yield* control.cooldown("main", Duration.seconds(20))
          yield* control.park("main", alice.liveId, DateTime.makeUnsafe(-hour))
          set.by = by
          expect(yield* claim()).toEqual([])
          const [state] = yield* control.all
          const now = yield* Clock.currentTimeMillis
          expect((state?.cooldown?.until.epochMilliseconds ?? 0) - now).toBeCloseTo(20_000, -1)
          const [live] = yield* control.parked
          expect((live?.until.epochMilliseconds ?? 0) - now).toBeCloseTo(60_000, -1)
          yield* pass("59 seconds")
          expect(yield* claim()).toEqual([])
          yield* pass("1001 millis")
          expect(yield* claim(1)).toHaveLength(1)
        }).pipe(Effect.provide(layer))
      )
    )
  })
})

/** One process after another on a file. */
const inTurn = Effect.map(
  databaseFile,
  (filename) =>
    <A, E, R>(process: Effect.Effect<A, E, R>) =>
      Effect.provide(process, layerInboxAt(filename), { local: true })
)

describe("after a crash, with the clock set meanwhile,", () => {
  it.effect("forward: the calls before it still count for the short window", () =>
    withClock((set, pass) =>
      Effect.gen(function* () {
        const process = yield* inTurn
        yield* process(
          Effect.gen(function* () {
            yield* store(people(40))
            const inbox = yield* Inbox.Inbox
            const { calls } = yield* inbox.claim({ spot: "main", calls: 10, lease, budget: limits })
            for (const { claims, reservation } of calls) {
              const [claim] = claims
              yield* inbox.settle({
                startedAt: yield* DateTime.now,
                duration: Duration.zero,
                traceId: null,
                reservation,
                outcomes: [{ claim, result: "Unlisted", next: { status: "rejected" } }]
              })
            }
          })
        )
        set.by = 2 * hour
        yield* process(
          Effect.gen(function* () {
            expect(yield* claimed()).toBe(0)
            yield* pass("9999 millis")
            expect(yield* claimed()).toBe(0)
            yield* pass("1 milli")
            expect(yield* claimed()).toBe(10)
          })
        )
      })
    )
  )

  it.effect.each([1, 24, 24 * 365])("back by %d hours: what was under way is due after a lease", (hours) =>
    withClock((set, pass) =>
      Effect.gen(function* () {
        const process = yield* inTurn
        set.by = hours * hour
        yield* process(Effect.andThen(store(people(10)), claimed(4)))
        set.by = 0
        yield* process(
          Effect.gen(function* () {
            expect(yield* claimed()).toBe(6)
            yield* pass(Duration.sum(lease, Duration.seconds(10)))
            expect(yield* claim(10, "main", { budget: limits })).toHaveLength(10)
          })
        )
      })
    )
  )

  it.effect("back by a day: retries, cooldowns, probes and parked Lives wait no longer than they can", () =>
    withClock((set) =>
      Effect.gen(function* () {
        const process = yield* inTurn
        set.by = 24 * hour
        yield* process(
          Effect.gen(function* () {
            const control = yield* SpotControl.SpotControl
            yield* store(people(2))
            yield* settle(yield* claimOne, yield* again("1 hour"))
            yield* control.cooldown("main", Duration.hours(1))
            yield* control.park("main", "another-live", DateTime.makeUnsafe(0))
            yield* control.pause("main", "upstream", "the key is refused")
          })
        )
        set.by = 0
        yield* process(
          Effect.gen(function* () {
            const control = yield* SpotControl.SpotControl
            const inbox = yield* Inbox.Inbox
            expect(yield* inbox.claim({ spot: "main", calls: 10, lease })).toMatchObject({ isProbe: true })
            yield* control.resume("main")
            expect(yield* claim()).toHaveLength(1)
            const [live] = yield* control.parked
            expect(live?.until).toEqual(DateTime.makeUnsafe(start))
          })
        )
      })
    )
  )
})

describe("relays that share a Postgres", () => {
  const relay = (url: string) =>
    Layer.mergeAll(InboxSql.layer, OperationsSql.layer, SpotControlSql.layer).pipe(
      Layer.provide(StoreSql.layer),
      Layer.provide([SecureRandom.layerWebCrypto, Events.layerNone]),
      Layer.provideMerge(Postgres.layer({ url: Redacted.make(url) }))
    )

  /** Milliseconds from the server's clock. */
  const distance = (column: string) =>
    SqlClient.SqlClient.use((sql) =>
      Effect.map(
        sql<{
          by: number
        }>`SELECT (max(${sql.literal(column)}) - EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::float8 AS by
          FROM ${sql.literal(column === "due_at" ? "invitations WHERE status = 'sending'" : "reservations")}`,
        ([row]) => row?.by ?? Number.NaN
      )
    )

  it.live("count, lease and wait by the server's clock, whatever their own show", () =>
    Effect.gen(function* () {
      const url = yield* postgresDatabase
      const on =
        (by: number) =>
        <A, E, R>(process: Effect.Effect<A, E, R>) =>
          withClock((set) => {
            set.by = by - start
            return Effect.provide(process, relay(url), { local: true })
          })
      yield* on(2 * hour)(
        Effect.gen(function* () {
          yield* store(people(40))
          expect(yield* claimed(6)).toBe(6)
          expect(Math.abs(yield* distance("started_at"))).toBeLessThan(5_000)
          expect(Math.abs((yield* distance("due_at")) - Duration.toMillis(lease))).toBeLessThan(5_000)
          const next = (yield* nextDue()) ?? DateTime.makeUnsafe(0)
          const wait = DateTime.toEpochMillis(next) - (yield* Clock.currentTimeMillis)
          expect(Math.abs(wait - Duration.toMillis(lease))).toBeLessThan(5_000)
        })
      )
      yield* on(-3 * hour)(
        Effect.gen(function* () {
          expect(yield* claimed()).toBe(4)
          const control = yield* SpotControl.SpotControl
          const [short] = yield* control.usage("main", limits)
          expect(Budget.total(short ?? { used: { live: 0, retry: 0, replay: 0, import: 0 } })).toBe(10)
        })
      )
    })
  )

  it.live("keep the windows and go on when the server's clock is set, and say so", () => {
    const lines: Array<string> = []
    const logger = Logger.make(({ message }) => void lines.push(String(message)))
    return Effect.gen(function* () {
      const url = yield* postgresDatabase
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        // Found before the server's own function.
        yield* sql`CREATE TABLE clock (by interval NOT NULL)`
        yield* sql`INSERT INTO clock VALUES ('0')`
        yield* sql`CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
          'SELECT pg_catalog.clock_timestamp() + (SELECT by FROM public.clock)'`
        const [row] = yield* sql<{ name: string }>`SELECT current_database() AS name`
        yield* sql.unsafe(`ALTER DATABASE ${row?.name} SET search_path = public, pg_catalog`)
      }).pipe(Effect.provide(Postgres.layer({ url: Redacted.make(url) }), { local: true }))
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const control = yield* SpotControl.SpotControl
        yield* store(people(40))
        expect(yield* claimed()).toBe(10)
        for (const by of ["2 hours", "0", "-2 hours", "0"]) {
          yield* sql`UPDATE clock SET by = ${by}::interval`
          expect(yield* claimed()).toBe(0)
          const [short] = yield* control.usage("main", limits)
          const wait = (short?.freesAt ?? 0) - (yield* Clock.currentTimeMillis)
          expect(Math.abs(wait - Duration.toMillis(lease) - 10_000)).toBeLessThan(10_000)
        }
      }).pipe(Effect.provide(relay(url), { local: true }))
      expect(lines.filter((line) => line.includes("clock"))).toEqual([
        "Spot main: the clock of the database server was set forward by 2h",
        "Spot main: the clock of the database server was set back by 2h",
        "Spot main: the clock of the database server was set back by 2h",
        "Spot main: the clock of the database server was set forward by 2h"
      ])
    }).pipe(Effect.provide(Logger.layer([logger])))
  })
})

describe("in the process, a clock that is set", () => {
  it.effect("is said once, with by how much", () => {
    const lines: Array<string> = []
    const logger = Logger.make(({ message }) => void lines.push(String(message)))
    return withClock((set, pass) =>
      Effect.gen(function* () {
        yield* Layer.build(ClockWatch.layer)
        yield* pass("1 minute")
        for (const by of [2 * hour, 0, -90 * 60_000, -90 * 60_000 + 500]) {
          set.by = by
          yield* pass("1 minute")
        }
        expect(lines).toEqual([
          "the system clock was set forward by 2h",
          "the system clock was set back by 2h",
          "the system clock was set back by 1h 30m"
        ])
      })
    ).pipe(Effect.scoped, Effect.provide(Logger.layer([logger])))
  })

  it.effect("back: opens no circuit for longer", () =>
    withClock((set, pass) =>
      Effect.gen(function* () {
        const clock = yield* Clock.Clock
        const breaker = yield* CircuitBreaker.make({
          tripPolicy: CircuitBreaker.consecutive(1),
          openDuration: "5 seconds"
        })
        const steady = <A, E, R>(self: Effect.Effect<A, E, R>) =>
          Effect.provideService(self, Clock.Clock, steadyClock(clock))
        yield* steady(Effect.ignore(breaker.execute(Effect.fail("down"), { key: "main" })))
        set.by = -2 * hour
        yield* pass("5 seconds")
        expect(yield* steady(breaker.execute(Effect.succeed("up"), { key: "main" }))).toBe("up")
      })
    ).pipe(Effect.provide(CircuitBreaker.layerStoreMemory()))
  )

  it.effect.each([2 * hour, -2 * hour])("by %d ms: refuses nobody who waits for a commit", (by) =>
    withClock((set, pass) =>
      Effect.gen(function* () {
        const accept = yield* groupCommit(
          (batch: ReadonlyArray<string>) => Effect.as(Effect.sleep("1 second"), batch),
          { onTimeout: () => "late", timeout: "2 seconds", resultOf: Exit.succeed }
        )
        const waiting = yield* Effect.forkChild(accept("one"))
        yield* pass("500 millis")
        set.by = by
        yield* pass("500 millis")
        expect(yield* Fiber.join(waiting)).toBe("one")
      })
    ).pipe(Effect.scoped)
  )
})
