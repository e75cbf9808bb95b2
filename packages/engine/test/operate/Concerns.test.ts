import { expect } from "@effect/vitest"
import { LiveParticipantsTest } from "@usher/core/testing"
import { LiveParticipants } from "@usher/core"
import { Array, DateTime, Duration, Effect, Layer, Metric } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import {
  ConcernGauges,
  Concerns,
  type Inbox,
  type Operations,
  Reporting,
  SourcePauses,
  SourcePausesSql,
  Sources,
  SpotControl,
  Spots
} from "../../src/index.ts"
import { onEach } from "../databases.ts"
import { claimOne, settle, settlement, unavailable } from "../dispatching.ts"
import { alice, delivery, makeSource, people, store } from "../fixtures.ts"

/** The concerns of a relay with the source "form" and the Spot "main". */
const layer = Layer.provideMerge(
  ConcernGauges.layer,
  Layer.mergeAll(
    Reporting.layerSql,
    SourcePausesSql.layer,
    Layer.unwrap(Effect.map(makeSource(), (source) => Sources.layer(new Map([[source.name, source]])))),
    Layer.unwrap(
      Effect.map(LiveParticipants.LiveParticipants, (participants) =>
        Spots.layerOf(Spots.make("main", participants))
      )
    ).pipe(Layer.provide(LiveParticipantsTest.layerScripted()))
  )
)

/** With metrics of its own. */
const withConcerns = <A, E, R>(test: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => Effect.provideService(Effect.provide(test, layer), Metric.MetricRegistry, new Map()))

/** A second later, so that it is no earlier reading. */
const now = Effect.andThen(
  TestClock.adjust("1 second"),
  Concerns.Concerns.use((concerns) => concerns.now)
)
const recent = Concerns.Concerns.use((concerns) => concerns.recent)
const kinds = Effect.map(now, (found) => found.map(({ kind }) => kind))

const gauge = (name: string, kind: string) =>
  Effect.map(Metric.snapshot, (all) => {
    const found = all.find(({ id, attributes }) => id === name && attributes?.["kind"] === kind)
    return found?.type === "Gauge" ? found.state.value : undefined
  })

const failMapping = Effect.fnUntraced(function* (
  inbox: Inbox.Inbox["Service"],
  operations: Operations.Operations["Service"]
) {
  const { id } = yield* inbox.accept(delivery({ deliveryId: "unmappable" }))
  const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(id))
  yield* inbox.map(webhook, { status: "unmappable", reason: "no address" }, { spot: "main" })
})

onEach((test) => {
  test("name what is paused, parked and failed, and end with it", (inbox, operations) =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      const pauses = yield* SourcePauses.SourcePauses
      expect(yield* kinds).toEqual([])
      yield* store([alice], { deliveryId: "failed" })
      yield* settle(yield* claimOne, yield* settlement({ status: "rejected" }, unavailable))
      yield* failMapping(inbox, operations)
      yield* pauses.pause("form", { by: "ops", reason: "a look" })
      yield* control.pause("main", "operator", "budget talks")
      yield* control.park("main", "live-2", DateTime.makeUnsafe(0))
      expect(yield* now).toMatchObject([
        { kind: "live_parked", subject: { liveId: "live-2" } },
        { kind: "dead_letters", subject: { spot: "main" }, count: 1, since: expect.anything() },
        { kind: "failed_mappings", subject: { source: "form" }, count: 1, since: expect.anything() },
        { kind: "spot_paused", reason: "budget talks" },
        { kind: "source_paused", reason: "a look" }
      ])
      yield* control.resume("main")
      yield* control.unpark("main", "live-2")
      yield* pauses.resume("form")
      yield* inbox.received(1)
      expect(yield* kinds).toEqual(["dead_letters", "failed_mappings"])
    }).pipe(withConcerns))

  test("name a source that is silent, and refusals that rise", (inbox) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* inbox.countRefused(new Map([["form", 25]]))
      const start = yield* DateTime.now
      const rows = Array.makeBy(4 * 168, (index) => ({
        span: "hour",
        at: DateTime.subtract(start, { hours: index + 2 }).epochMilliseconds,
        source: "form",
        name: "accepted",
        writer: "a",
        count: 40
      }))
      yield* sql`INSERT INTO counts ${sql.insert(rows)}`
      yield* TestClock.adjust("10 minutes")
      expect(yield* now).toMatchObject([
        {
          kind: "source_silent",
          subject: { source: "form" },
          since: DateTime.subtract(start, { hours: 2 }),
          text: expect.stringContaining("about 87 webhooks")
        },
        { kind: "refusals_rising", count: 25, since: start }
      ])
    }).pipe(withConcerns))

  test("are shared for ten seconds where many ask, and shown as gauges", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* TestClock.adjust(0)
      expect(yield* recent).toEqual([])
      expect(yield* gauge("usher_concerns", "spot_paused")).toBe(0)
      expect(yield* gauge("usher_concerns", "source_silent")).toBe(0)
      yield* control.pause("main", "operator", "budget talks")
      const since = (yield* DateTime.now).epochMilliseconds / 1_000
      expect(yield* recent).toEqual([])
      expect(yield* kinds).toEqual(["spot_paused"])
      yield* TestClock.adjust("10 seconds")
      expect(yield* recent).toMatchObject([{ kind: "spot_paused" }])
      yield* Effect.yieldNow
      expect(yield* gauge("usher_concerns", "spot_paused")).toBe(1)
      expect(yield* gauge("usher_concern_since_timestamp_seconds", "spot_paused")).toBe(since)
    }).pipe(withConcerns))

  test("count the invitations of a Spot that can be sent, at most ten seconds ago", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* control.pause("main", "operator", "budget talks")
      expect(yield* now).toMatchObject([{ count: 0 }])
      yield* store(people(3))
      yield* TestClock.adjust(Duration.seconds(10))
      expect(yield* now).toMatchObject([{ count: 3 }])
    }).pipe(withConcerns))
})
