/** Background work is throttled by the load of the event loop while deliveries come in. */
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Layer, PubSub } from "effect"
import { LiveParticipants } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { TestClock } from "effect/testing"
import { Dispatcher, EventLoop, Inbox, Leadership, Mapper, type Signals, Spots } from "../../src/index.ts"
import { backgroundThrottle } from "../../src/runtime/backgroundThrottle.ts"
import { layerInbox, layerSources, start } from "../fixtures.ts"

/** An event loop whose load the test sets. */
const loop = Effect.sync(() => {
  const usage = { active: 0, idle: 0 }
  return {
    read: () => ({ ...usage }),
    pass: (millis: number, load: number) => {
      usage.active += millis * load
      usage.idle += millis * (1 - load)
    }
  }
})

/** A throttle, deliveries that come in, and how many milliseconds it rests after work that takes so many at such a load. */
const throttle = Effect.gen(function* () {
  const { read, pass } = yield* loop
  const received = yield* PubSub.unbounded<Signals.Signal>()
  const inbox = Layer.mock(Inbox.Inbox, { signals: () => PubSub.subscribe(received) })
  const { isBusy, throttled } = yield* backgroundThrottle.pipe(
    Effect.provide(inbox),
    Effect.provideService(EventLoop.EventLoop, read)
  )
  const restAfter = Effect.fnUntraced(function* (millis: number, load: number, times?: number) {
    const work = Effect.tap(Effect.sleep(millis), () => Effect.sync(() => pass(millis, load)))
    const began = yield* Clock.currentTimeMillis
    const round = throttled(work, times).pipe(Effect.andThen(Clock.currentTimeMillis))
    const fiber = yield* Effect.forkChild(round)
    yield* TestClock.adjust("1 minute")
    return (yield* Fiber.join(fiber)) - began - millis
  })
  return { isBusy, restAfter, deliver: PubSub.publish(received, "received") }
})

describe("work that can wait", () => {
  it.effect.each([
    [0, 0],
    [0.5, 0],
    [0.75, 98],
    [1, 196]
  ] as const)(
    "rests the longer, the busier the event loop is: at a load of %d, %d ms after 4 ms",
    ([load, rest]) =>
      Effect.gen(function* () {
        const { deliver, restAfter } = yield* throttle
        yield* deliver
        expect(yield* restAfter(4, load)).toBeCloseTo(rest, 6)
      }).pipe(Effect.scoped)
  )

  it.effect("rests by as much as it took, also where that is a part of what it causes", () =>
    Effect.gen(function* () {
      const { deliver, restAfter } = yield* throttle
      yield* deliver
      expect(yield* restAfter(8, 0.75)).toBeCloseTo(196, 6)
      yield* deliver
      expect(yield* restAfter(2, 0.75, 3)).toBeCloseTo(147, 6)
    }).pipe(Effect.scoped)
  )

  it.effect("rests half a second at most", () =>
    Effect.gen(function* () {
      const { deliver, restAfter } = yield* throttle
      yield* deliver
      expect(yield* restAfter(100, 1)).toBe(500)
    }).pipe(Effect.scoped)
  )

  it.effect("doesn't rest while no deliveries come in, however busy the event loop is", () =>
    Effect.gen(function* () {
      const { deliver, isBusy, restAfter } = yield* throttle
      expect([yield* restAfter(4, 1), isBusy()]).toEqual([0, false])
      yield* deliver
      yield* deliver
      expect([yield* restAfter(4, 1), isBusy()]).toEqual([196, true])
      expect([yield* restAfter(4, 1), isBusy()]).toEqual([0, false])
    }).pipe(Effect.scoped)
  )

  it.effect("rests by the load since its last round", () =>
    Effect.gen(function* () {
      const { deliver, restAfter } = yield* throttle
      yield* restAfter(1_000, 1)
      yield* deliver
      expect(yield* restAfter(4, 0.75)).toBeCloseTo(98, 6)
    }).pipe(Effect.scoped)
  )
})

/** While one delivery after the other comes in, and the event loop has no time left. */
const overloaded = Effect.gen(function* () {
  const { read, pass } = yield* loop
  const inbox = yield* Inbox.Inbox
  const received = yield* PubSub.unbounded<Signals.Signal>()
  const rounds = { count: 0 }
  /** It takes 2 ms, within which a delivery comes in. */
  const round = Effect.gen(function* () {
    rounds.count += 1
    yield* Effect.sleep(2)
    pass(2, 1)
    yield* PubSub.publish(received, "received")
  })
  const layer = Layer.succeed(
    Inbox.Inbox,
    Inbox.Inbox.of({
      ...inbox,
      signals: () => PubSub.subscribe(received),
      received: () => Effect.as(round, []),
      claim: () => Effect.as(round, { calls: [], next: undefined, isProbe: false, isDrained: true })
    })
  )
  return { rounds, layer: Layer.merge(layer, Layer.succeed(EventLoop.EventLoop, read)) }
})

const mapping = Mapper.layer.pipe(Layer.provide(layerSources()))

const dispatching = Dispatcher.layer().pipe(
  Layer.provide(
    Layer.unwrap(
      Effect.map(LiveParticipants.LiveParticipants, (participants) =>
        Spots.layerOf(Spots.make("main", participants, { concurrency: 1, batchSize: 1 }))
      )
    )
  ),
  Layer.provide([Leadership.layerAlone, LiveParticipantsTest.layerScripted()])
)

it.effect.each([
  ["the mapper", mapping, 98],
  ["the dispatcher", dispatching, 294]
] as const)("%s leaves its time to deliveries while the event loop is overloaded", ([, work, rest]) =>
  Effect.gen(function* () {
    const { layer, rounds } = yield* overloaded
    yield* start(Layer.provide(work, layer))
    yield* TestClock.adjust("1 minute")
    expect(rounds.count).toBeGreaterThan(1)
    expect(rounds.count).toBeLessThanOrEqual(1 + 60_000 / (2 + rest))
  }).pipe(Effect.scoped, Effect.provide(layerInbox))
)
