/** What is counted where it happens; what a scrape shows is tested with the relay. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Layer, Logger, Metric, type Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import { InviteError, LiveParticipants } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import {
  Dispatcher,
  Gauges,
  Inbox,
  Leadership,
  Operations,
  Quarantine,
  Sources,
  SpotControl,
  Spots
} from "../../src/index.ts"
import { claim } from "../dispatching.ts"
import { alice, delivery, eventually, layerInbox, people, start, store, untilStatus } from "../fixtures.ts"

const dispatcher = Dispatcher.layer().pipe(
  Layer.provide([
    Layer.unwrap(
      Effect.map(LiveParticipants.LiveParticipants, (participants) =>
        Spots.layerOf(Spots.make("main", participants, { concurrency: 1, batchSize: 1 }))
      )
    ),
    Leadership.layerAlone
  ])
)

/** An Inbox with counts of its own, before an upstream that answers by the script. */
const relay = (...script: ReadonlyArray<LiveParticipantsTest.Answer>) => {
  const layer = Layer.merge(layerInbox, LiveParticipantsTest.layerScripted(...script))
  return <A, E>(test: Effect.Effect<A, E, Layer.Success<typeof layer> | Scope.Scope>) =>
    test.pipe(Effect.provide(layer), Effect.provideService(Metric.MetricRegistry, new Map()))
}

/** The series of a metric that are not zero, by the values of their labels. */
const series = (name: string) =>
  Effect.map(Metric.snapshot, (all) =>
    Object.fromEntries(
      all.flatMap((metric) => {
        if (metric.id !== name) return []
        const { unit: _, ...labels } = metric.attributes ?? {}
        const value =
          metric.type === "Counter"
            ? Number(metric.state.count)
            : metric.type === "Gauge"
              ? Number(metric.state.value)
              : metric.type === "Histogram"
                ? metric.state.sum
                : 0
        return value === 0 ? [] : [[Object.values(labels).join(" "), value]]
      })
    )
  )

const { liveId } = alice

const down = LiveParticipantsTest.fails(
  new InviteError.UpstreamUnavailable({ liveId, reason: "ServerError", status: 503, mayHaveArrived: true })
)

const refused = LiveParticipantsTest.fails(new InviteError.MalformedPayload({ liveId, reason: "Refused" }))

describe("an invitation that ends without a call", () => {
  it.effect("is counted as expired, cancelled, or exhausted with its Live", () =>
    Effect.gen(function* () {
      const operations = yield* Operations.Operations
      const control = yield* SpotControl.SpotControl
      const expiresAt = DateTime.makeUnsafe(60_000)
      yield* store(people(2), { deliveryId: "1" }, { expiresAt })
      yield* store([alice], { deliveryId: "2" })
      yield* store(people(3, "gone"), { deliveryId: "3" })
      yield* operations.forget(alice.member)
      yield* TestClock.adjust("1 hour")
      yield* claim(1)
      yield* control.park("main", "gone", DateTime.makeUnsafe(3_600_000))
      expect(yield* series("usher_invitations_total")).toEqual({
        "main expired": 2,
        "main cancelled": 1,
        "main exhausted": 2
      })
    }).pipe(relay())
  )
})

describe("the time until an invitation is there", () => {
  it.effect("is measured from when its webhook came; of a replay, from when it was asked for", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox.Inbox
      const operations = yield* Operations.Operations
      const { id } = yield* inbox.accept(delivery())
      yield* TestClock.adjust("10 minutes")
      const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(id))
      yield* inbox.map(webhook, { status: "mapped", invitations: [alice], reason: null }, { spot: "main" })
      yield* start(dispatcher)
      yield* untilStatus(id, "invited")
      expect(yield* series("usher_invitation_seconds")).toEqual({ main: 600 })

      const bob = yield* store([{ liveId, member: "bob@example.com" }], { deliveryId: "2" })
      yield* untilStatus(bob, "rejected")
      yield* TestClock.adjust("1 hour")
      yield* Stream.runDrain(operations.replay({ all: true }))
      yield* untilStatus(bob, "invited")
      expect(yield* series("usher_invitation_seconds")).toEqual({ main: 600 })
      expect(yield* series("usher_attempts_total")).toEqual({
        "main 201 Invited": 2,
        "main 400 MalformedPayload": 1
      })
    }).pipe(relay(LiveParticipantsTest.invited, refused))
  )
})

describe("a Spot", () => {
  it.effect("is led by this relay or not, and its circuit is closed, open or half-open", () =>
    Effect.gen(function* () {
      const id = yield* store(people(20))
      const { stop } = yield* start(dispatcher)
      const until = (state: string) =>
        eventually(series("usher_spot_circuit"), (circuit) => circuit[`main ${state}`] === 1)
      expect(yield* until("open")).toEqual({ "main open": 1 })
      expect(yield* series("usher_spot_leader")).toEqual({ main: 1 })
      yield* eventually(
        series("usher_attempts_total"),
        (attempts) => attempts["main 503 UpstreamUnavailable"] === 10
      )
      yield* TestClock.adjust("5 seconds")
      expect(yield* until("closed")).toEqual({ "main closed": 1 })
      yield* TestClock.adjust("1 hour")
      yield* untilStatus(id, "invited")
      yield* stop
      expect(yield* series("usher_spot_leader")).toEqual({})
      expect(yield* series("usher_spot_circuit")).toEqual({})
    }).pipe(relay(...LiveParticipantsTest.times(10, down)))
  )

  it.effect("has a line for each change of its circuit", () => {
    const lines: Array<string> = []
    const logger = Logger.make(({ message }) => void lines.push(String(message)))
    return Effect.gen(function* () {
      const id = yield* store(people(20))
      const { stop } = yield* start(dispatcher)
      const until = (text: string) =>
        eventually(
          Effect.sync(() => lines),
          (all) => all.some((line) => line.includes(text))
        )
      yield* until("does not answer")
      yield* TestClock.adjust("5 seconds")
      yield* until("answers again")
      yield* TestClock.adjust("1 hour")
      yield* untilStatus(id, "invited")
      yield* stop
      expect(lines.filter((line) => line.startsWith("Spot "))).toEqual([
        "Spot main: this relay acquired leadership",
        "Spot main: MeltingSpot does not answer, no call for 5s",
        "Spot main: probing whether MeltingSpot answers again",
        "Spot main: MeltingSpot answers again",
        "Spot main: this relay lost leadership"
      ])
    }).pipe(relay(...LiveParticipantsTest.times(10, down)), Effect.provide(Logger.layer([logger])))
  })
})

it.effect("what waits is looked at every ten seconds", () =>
  Effect.gen(function* () {
    const waiting = Effect.map(series("usher_backlog_webhooks"), (counts) => counts[""] ?? 0)
    const inbox = yield* Inbox.Inbox
    yield* inbox.accept(delivery({ deliveryId: "1" }))
    yield* start(
      Gauges.layer.pipe(Layer.provide([Spots.layerOf(), Sources.layer(new Map()), Quarantine.layerNone]))
    )
    yield* eventually(waiting, (count) => count === 1)
    yield* inbox.accept(delivery({ deliveryId: "2" }))
    yield* TestClock.adjust("9999 millis")
    expect(yield* waiting).toBe(1)
    yield* TestClock.adjust("1 milli")
    yield* eventually(waiting, (count) => count === 2)
  }).pipe(relay())
)

it.effect("a Spot in cooldown is told with the reason, since when and until when, and its end", () =>
  Effect.gen(function* () {
    const control = yield* SpotControl.SpotControl
    const spots = Effect.map(LiveParticipants.LiveParticipants, (participants) =>
      Spots.layerOf(Spots.make("main", participants))
    )
    yield* TestClock.adjust("100 seconds")
    const requestedWait = Duration.minutes(5)
    yield* control.refused("main", { isProbe: false, requestedWait, waitAfter: () => requestedWait })
    yield* start(
      Gauges.layer.pipe(Layer.provide([Layer.unwrap(spots), Sources.layer(new Map()), Quarantine.layerNone]))
    )
    const told = Effect.all({
      cooldown: series("usher_spot_cooldown"),
      since: series("usher_spot_cooldown_since_timestamp_seconds"),
      until: series("usher_spot_cooldown_until_timestamp_seconds")
    })
    const now = { cooldown: { "main rate_limited": 1 }, since: { main: 100 }, until: { main: 400 } }
    expect(yield* eventually(told, ({ until }) => until["main"] !== undefined)).toEqual(now)
    yield* control.resume("main")
    yield* TestClock.adjust("10 seconds")
    const over = yield* eventually(told, ({ until }) => until["main"] === undefined)
    expect(over).toEqual({ cooldown: {}, since: {}, until: {} })
  }).pipe(relay())
)
