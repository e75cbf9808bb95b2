import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Layer, Queue, Redacted, Ref } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Concerns, Database, Inbox, Migrations } from "@usher/engine"
import type { Concern } from "@usher/model/Concern"
import { SqliteClient } from "@usher/sqlite"
import * as Alerts from "../../src/alerts/Alerts.ts"
import { webServer } from "./servers.ts"

const circuitOpen = (spot: string, urgency: Concern["urgency"] = "critical"): Concern => ({
  kind: "circuit_open",
  urgency,
  subject: { source: null, spot, liveId: null },
  since: DateTime.makeUnsafe(0),
  text: `MeltingSpot does not answer the calls of Spot ${spot}.`,
  liveTitle: "Demo for alice@example.com",
  reason: "alice@example.com",
  count: null,
  isMore: false,
  next: "The relay makes its next call",
  nextAt: DateTime.makeUnsafe(600_000)
})

/** Relays on one database, with a channel, concerns and a clock in the test's hands. */
const scene = Effect.gen(function* () {
  let status = 200
  const concerns = yield* Ref.make<ReadonlyArray<Concern>>([])
  const { url, received } = yield* webServer(() => status)
  const services = yield* Layer.build(
    Layer.effectDiscard(Migrations.migrate).pipe(
      Layer.provideMerge(SqliteClient.layer({ filename: ":memory:" })),
      Layer.merge(NodeHttpClient.layerUndici),
      Layer.merge(Layer.succeed(Concerns.Concerns, { now: Ref.get(concerns), recent: Ref.get(concerns) }))
    )
  )
  const compareOnce = (relay: string, urgency: Concern["urgency"]) => {
    const channel = { name: "team", urgency, way: { kind: "slack", url: Redacted.make(url) } } as const
    return Alerts.compare(
      { link: "https://usher.example.com", after: Duration.minutes(1), channels: [channel] },
      relay
    ).pipe(Effect.provide(services))
  }
  /** Compares a minute later, and returns the texts that the channel received. */
  const messages = Effect.fnUntraced(function* ({
    relay = "a",
    urgency = "warning"
  }: { relay?: string; urgency?: Concern["urgency"] } = {}) {
    yield* TestClock.adjust("1 minute")
    yield* compareOnce(relay, urgency)
    return (yield* Queue.clear(received)).map(({ body }): string => JSON.parse(body).text)
  })
  return {
    messages,
    compare: compareOnce("a", "warning"),
    /** What the database holds. */
    stored: SqlClient.SqlClient.use(
      (sql) => sql<{ value: string }>`SELECT value FROM settings WHERE name = 'alerts'`
    ).pipe(
      Effect.map(([row]) => row?.value ?? ""),
      Effect.provide(services)
    ),
    answer: (given: number) => void (status = given),
    concern: (...given: ReadonlyArray<Concern>) => Ref.set(concerns, given)
  }
})

it.effect("a channel receives once what lasts, and once that it is over, without the upstream's words", () =>
  Effect.gen(function* () {
    const { messages, concern } = yield* scene
    yield* concern(circuitOpen("main"), circuitOpen("other"))
    const [first = "", ...more] = yield* messages()
    expect(more).toEqual([])
    expect(first).toContain("*Usher: 2 problems*")
    expect(first).toContain(
      "critical: MeltingSpot does not answer the calls of Spot main. Since 1970-01-01 00:00 UTC. The relay makes its next call at 1970-01-01 00:10 UTC."
    )
    expect(first).not.toContain("alice")
    expect(yield* messages()).toEqual([])
    yield* concern(circuitOpen("other"))
    expect(yield* messages()).toEqual([])
    expect(yield* messages()).toEqual([
      expect.stringContaining("resolved: MeltingSpot answers the calls of Spot main again.")
    ])
    expect(yield* messages()).toEqual([])
  })
)

it.effect("a channel that can't be reached receives it later, and a restart repeats nothing", () =>
  Effect.gen(function* () {
    const { messages, concern, answer } = yield* scene
    yield* concern(circuitOpen("main"))
    answer(500)
    expect(yield* messages()).toHaveLength(1)
    expect(yield* messages()).toHaveLength(1)
    answer(200)
    expect(yield* messages()).toHaveLength(1)
    expect(yield* messages()).toEqual([])
    yield* TestClock.adjust("3 minutes")
    expect(yield* messages({ relay: "restarted" })).toEqual([])
  })
)

it.effect("of two relays on one database one reports, and the other after it was killed", () =>
  Effect.gen(function* () {
    const { messages, concern } = yield* scene
    yield* concern(circuitOpen("main"))
    expect(yield* messages({ relay: "a" })).toHaveLength(1)
    yield* concern(circuitOpen("main"), circuitOpen("other"))
    expect(yield* messages({ relay: "b" })).toEqual([])
    // The turn of the first relay is over.
    expect(yield* messages({ relay: "b" })).toEqual([expect.stringContaining("Spot other")])
  })
)

it.effect("a channel receives nothing less urgent than it wants", () =>
  Effect.gen(function* () {
    const { messages, concern } = yield* scene
    yield* concern(circuitOpen("main", "warning"))
    expect(yield* messages({ urgency: "critical" })).toEqual([])
    yield* concern(circuitOpen("main", "warning"), circuitOpen("other", "critical"))
    expect(yield* messages({ urgency: "critical" })).toEqual([expect.stringContaining("*Usher: 1 problem*")])
  })
)

it.effect(
  "a channel receives that the relay can't store webhooks, and that it can again, without the database",
  () =>
    Effect.gen(function* () {
      let isWritable = false
      const { url, received } = yield* webServer(() => 200)
      const storing = Alerts.storing({
        link: "https://usher.example.com",
        after: Duration.minutes(1),
        channels: [{ name: "team", urgency: "critical", way: { kind: "slack", url: Redacted.make(url) } }]
      })
      const unavailable = new Inbox.InboxUnavailable({ cause: new Error("disk full") })
      const check = Effect.suspend(() => (isWritable ? Effect.void : Effect.fail(unavailable)))
      const found: Array<readonly [boolean, ReadonlyArray<string>]> = []
      for (const _ of Array.from({ length: 5 })) {
        const isStored = yield* storing.pipe(
          Effect.provide([Layer.mock(Inbox.Inbox, { check }), NodeHttpClient.layerUndici])
        )
        found.push([
          isStored,
          (yield* Queue.clear(received)).map(({ body }): string => JSON.parse(body).text)
        ])
        isWritable = found.length >= 3
        yield* TestClock.adjust("1 minute")
      }
      expect(found).toEqual([
        [false, []],
        [false, [expect.stringContaining("critical: The relay can't write to its database")]],
        [false, []],
        [true, []],
        [true, [expect.stringContaining("resolved: The relay can write to its database again.")]]
      ])
    })
)

it.effect("the turn of a relay is written once a minute while nothing is reported", () =>
  Effect.gen(function* () {
    const { compare, stored } = yield* scene
    const seen = new Set<string>()
    for (let looks = 0; looks < 11; looks++) {
      yield* compare
      seen.add(yield* stored)
      yield* TestClock.adjust("30 seconds")
    }
    expect(seen.size).toBe(4)
  })
)

it.effect("the relay compares at its start, and every 30 seconds", () =>
  Effect.gen(function* () {
    const readings = yield* Ref.make(0)
    const recent = Effect.as(
      Ref.update(readings, (count) => count + 1),
      []
    )
    const channel = { kind: "slack", url: Redacted.make("http://127.0.0.1:1/") } as const
    yield* Alerts.layer({
      link: "https://usher.example.com",
      after: Duration.minutes(1),
      channels: [{ name: "team", urgency: "warning", way: channel }]
    }).pipe(
      Layer.provide(Layer.succeed(Concerns.Concerns, { now: recent, recent })),
      Layer.provide(Layer.mock(Inbox.Inbox, { check: Effect.void })),
      Layer.provide(Database.layer),
      Layer.provide(
        Layer.provideMerge(
          Layer.effectDiscard(Migrations.migrate),
          SqliteClient.layer({ filename: ":memory:" })
        )
      ),
      Layer.provide(NodeHttpClient.layerUndici),
      Layer.build
    )
    const counts: Array<number> = []
    for (const wait of ["0 seconds", "29 seconds", "1 second", "30 seconds"] as const) {
      yield* TestClock.adjust(wait)
      counts.push(yield* Ref.get(readings))
    }
    expect(counts).toEqual([1, 1, 2, 3])
  })
)
