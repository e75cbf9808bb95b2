/** What a claim sweeps on its way: what has expired, and what is due again. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Fiber, Layer, Metric, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { SqliteClient } from "@usher/sqlite"
import { Events, Inbox, SpotControl } from "../../../src/index.ts"
import { sweepSize } from "../../../src/store/claim/promoting.ts"
import { layerInboxSql, layerPostgres, layerShared, migratedPostgres, onEach } from "../../databases.ts"
import { again, claim, claimOne, lease, membersOf, nextDue, settle, settlement } from "../../dispatching.ts"
import { alice, people, store } from "../../fixtures.ts"

const at = (millis: number) => DateTime.makeUnsafe(millis)

const hold = (spot = "main") =>
  SpotControl.SpotControl.use((control) => control.cooldown(spot, Duration.hours(1)))

/** Of the invitations to a Live. */
const rowOf = (liveId: string) =>
  SqlClient.SqlClient.use((sql) =>
    Effect.map(
      sql`SELECT status, state, lease_token, lost_lease_token, settled_at FROM invitations WHERE live_id = ${liveId}`,
      ([row]) => row
    )
  )

const expiredMetric = Effect.map(Metric.snapshot, (all) =>
  all.flatMap(({ id, attributes, state }) =>
    id === "usher_invitations_total" && attributes?.["status"] === "expired"
      ? [[attributes["spot"], "count" in state ? Number(state.count) : undefined]]
      : []
  )
)

onEach((test) => {
  test("the next look goes by the Spot's own leases, retries and deadlines, whichever is first", () =>
    Effect.gen(function* () {
      yield* store(people(2), { deliveryId: "2" }, { spot: "other" })
      yield* claim(1, "other", { lease: Duration.seconds(2) })
      yield* store([alice], { deliveryId: "1" }, { spot: "other", expiresAt: at(1_000) })
      // A deadline counts no more once the call is under way.
      yield* store(people(1, "live-2"), { deliveryId: "3" }, { expiresAt: at(3_000) })
      yield* claimOne
      yield* hold()
      const claimed = Inbox.Inbox.use((inbox) => inbox.claim({ spot: "main", calls: 1, lease }))
      expect((yield* claimed).next).toEqual(at(120_000))
      expect(yield* nextDue()).toEqual(at(120_000))
    }))

  test("the next look is at the nearest deadline", () =>
    Effect.gen(function* () {
      for (const [liveId, expiresAt] of [
        ["live-1", 50_000],
        ["live-2", 40_000],
        ["live-3", 60_000]
      ] as const) {
        yield* store(people(1, liveId), { deliveryId: liveId }, { expiresAt: at(expiresAt) })
        yield* settle(yield* claimOne, yield* again("1 hour"))
      }
      expect(yield* nextDue()).toEqual(at(40_000))
    }))

  test("only what is pending, has expired and is of the Spot ends as expired", () =>
    Effect.gen(function* () {
      const soon = { expiresAt: at(60_000) }
      yield* store(people(1, "sent"), { deliveryId: "1" }, soon)
      yield* claimOne
      yield* store(people(1, "later"), { deliveryId: "2" }, { expiresAt: at(60_001) })
      yield* store(people(1, "endless"), { deliveryId: "3" })
      yield* store(people(1, "elsewhere"), { deliveryId: "4" }, { ...soon, spot: "other" })
      yield* store(people(1, "over"), { deliveryId: "5" }, soon)
      yield* hold()
      yield* TestClock.adjust("1 minute")
      expect(yield* claim()).toEqual([])
      expect(yield* rowOf("sent")).toMatchObject({ status: "sending" })
      for (const liveId of ["later", "endless", "elsewhere"]) {
        expect(yield* rowOf(liveId)).toMatchObject({ status: "pending", state: "available" })
      }
      const over = yield* rowOf("over")
      expect(over).toMatchObject({ status: "expired", state: "finished" })
      expect(Number(over?.["settled_at"])).toBe(60_000)
    }))

  test("only what is leased or waits, is due and is of the Spot becomes ready, and its lease counts as lost", () =>
    Effect.gen(function* () {
      yield* store(people(1, "lost"), { deliveryId: "1" })
      const lost = yield* claimOne
      yield* store(people(1, "done"), { deliveryId: "2" })
      yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
      yield* store(people(1, "retried"), { deliveryId: "3" })
      yield* settle(yield* claimOne, yield* again(Duration.sum(lease, Duration.millis(1))))
      yield* store(people(1, "elsewhere"), { deliveryId: "4" }, { spot: "other" })
      yield* claim(1, "other")
      yield* hold()
      yield* TestClock.adjust(lease)
      expect(yield* claim()).toEqual([])
      expect(yield* rowOf("lost")).toMatchObject({
        status: "pending",
        state: "available",
        lease_token: null,
        lost_lease_token: lost.leaseToken
      })
      expect(yield* rowOf("done")).toMatchObject({ status: "invited", state: "finished" })
      expect(yield* rowOf("retried")).toMatchObject({ status: "pending", state: "scheduled" })
      expect(yield* rowOf("elsewhere")).toMatchObject({
        status: "sending",
        state: "scheduled",
        lost_lease_token: null
      })
      // A later wake-up without a lease does not forget the lost one.
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE invitations SET state = 'scheduled' WHERE live_id = 'lost'`
      yield* TestClock.adjust("1 milli")
      expect(yield* claim()).toEqual([])
      expect(yield* rowOf("lost")).toMatchObject({ state: "available", lost_lease_token: lost.leaseToken })
    }))

  for (const [order, lives, dueAt] of [
    ["due first", ["last", "live-1"], 2_000],
    ["made first", ["live-1", "last"], 1_000]
  ] as const) {
    test(`of more than one step wakes up, it wakes what was ${order}`, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        for (const liveId of lives) {
          yield* store(people(liveId === "last" ? 1 : sweepSize, liveId), { deliveryId: liveId })
        }
        yield* sql`UPDATE invitations SET state = 'scheduled', due_at = 1000`
        yield* sql`UPDATE invitations SET due_at = ${dueAt} WHERE live_id = 'last'`
        yield* TestClock.adjust("2 seconds")
        expect(yield* claim(1)).toHaveLength(1)
        const asleep =
          yield* sql`SELECT live_id FROM invitations WHERE state = 'scheduled' AND status = 'pending'`
        expect(asleep).toEqual([{ live_id: "last" }])
      }))
  }

  test("what has expired counts for its source", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* store(people(2), { source: "crm", deliveryId: "1" }, { expiresAt: at(1_000) })
      yield* TestClock.adjust("1 second")
      yield* claim()
      const counts = yield* sql<{ source: string; count: number }>`SELECT source, count FROM counts
        WHERE name = 'expired' AND span = 'minute'`
      expect(counts.map(({ source, count }) => [source, Number(count)])).toEqual([["crm", 2]])
    }))
})

describe("what has expired", () => {
  const layer = layerInboxSql.pipe(Layer.provideMerge(SqliteClient.layer({ filename: ":memory:" })))

  it.effect("is in the metrics and told to listeners", () =>
    Effect.gen(function* () {
      const events = yield* Events.Events
      yield* store(people(2), {}, { expiresAt: at(1_000) })
      const heard = yield* Effect.forkChild(Stream.runCollect(Stream.take(events.all, 2)), {
        startImmediately: true
      })
      yield* TestClock.adjust("1 second")
      expect(membersOf(yield* claim())).toEqual([])
      // Ends the wait where nothing was told.
      yield* events.emit(() => Array.from({ length: 2 }, () => ({ type: "changed", what: "everything" })))
      const event = { type: "invitation", spot: "main", liveId: "live-1", status: "expired" }
      expect(yield* Fiber.join(heard)).toMatchObject([event, event])
      expect(yield* expiredMetric).toEqual([["main", 2]])
    }).pipe(Effect.provide(layer), Effect.provideService(Metric.MetricRegistry, new Map()))
  )
})

it.effect("on Postgres, relays that share the database lease by its clock", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* store([alice])
    // The test's own clock stands at 1970.
    yield* claimOne
    const [row] = yield* sql<{ late: boolean }>`SELECT due_at > ${Date.UTC(2020, 0)} AS late FROM invitations`
    expect(row).toEqual({ late: true })
  }).pipe(
    Effect.provide(
      Layer.unwrap(
        Effect.map(migratedPostgres, (url) => layerShared.pipe(Layer.provideMerge(layerPostgres(url))))
      )
    )
  )
)
