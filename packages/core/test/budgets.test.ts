/** Two Spots have two budgets and one Spot has one, whatever the layers. */
import { describe, expect, it } from "@effect/vitest"
import { Array, Clock, Effect, Fiber, Layer, LayerMap, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import { Budget, LiveParticipants } from "../src/index.ts"

const already = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make((request) =>
    Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, { status: 200 })))
  )
)

const spot = (key: string) =>
  LiveParticipants.layer({ secretKey: Redacted.make(key) }).pipe(Layer.provide(already))

/** So many calls at once; when each ended. */
const calls = (count: number) =>
  LiveParticipants.LiveParticipants.use(({ ensureInvited }) =>
    Effect.forEach(
      Array.range(1, count),
      (n) =>
        Effect.andThen(
          ensureInvited({ liveId: "live-1", member: `guest-${n}@example.com` }),
          Clock.currentTimeMillis
        ),
      { concurrency: "unbounded" }
    )
  )

const aMinuteLater = Effect.fnUntraced(function* <A, E>(self: Effect.Effect<A, E>) {
  const fiber = yield* Effect.forkChild(self)
  yield* TestClock.adjust("1 minute")
  return yield* Fiber.join(fiber)
})

const waited = (times: ReadonlyArray<number>) => times.filter((time) => time > 0).length

describe("the budget of a layer that is given none", () => {
  it.effect("lets 100 calls through, and the 101st ten seconds later", () =>
    Effect.gen(function* () {
      const times = yield* aMinuteLater(Effect.provide(calls(101), spot("a")))
      expect(times.toSorted((a, b) => a - b).slice(99)).toEqual([0, 10_000])
    })
  )

  it.effect("is another for another key", () =>
    Effect.gen(function* () {
      const both = [Effect.provide(calls(60), spot("a")), Effect.provide(calls(60), spot("b"))]
      expect(waited((yield* aMinuteLater(Effect.all(both))).flat())).toBe(0)
    })
  )

  it.effect("is one for a key that two layers have, one after the other and at once", () =>
    Effect.gen(function* () {
      const twice = [Effect.provide(calls(60), spot("a")), Effect.provide(calls(60), spot("a"))]
      expect(waited((yield* aMinuteLater(Effect.all(twice))).flat())).toBe(20)
      const more = yield* aMinuteLater(Effect.all(twice, { concurrency: 2 }))
      expect(new Set(more.flat()).size).toBe(2)
    })
  )

  it.effect("is each tenant's own in a LayerMap", () =>
    Effect.gen(function* () {
      const map = yield* LayerMap.make(spot)
      const both = ["a", "b"].map((key) => Effect.provide(calls(60), map.get(key)))
      expect(waited((yield* aMinuteLater(Effect.all(both))).flat())).toBe(0)
    })
  )
})

describe("a budget that is given", () => {
  const limits = [{ calls: 3, window: "2 seconds" }] as const

  it.effect("counts keys apart under one layer", () =>
    Effect.gen(function* () {
      const budget = Budget.layerMemoryLimits(limits)
      const both = ["a", "b"].map((key) => Effect.provide(calls(3), spot(key).pipe(Layer.provide(budget))))
      expect(waited((yield* aMinuteLater(Effect.all(both))).flat())).toBe(0)
    })
  )

  it.effect("counts a key once, however often its layer is built", () =>
    Effect.gen(function* () {
      const layer = spot("a").pipe(Layer.provide(Budget.layerMemoryLimits(limits)))
      const twice = [Effect.provide(calls(3), layer), Effect.provide(calls(3), layer)]
      expect(waited((yield* aMinuteLater(Effect.all(twice))).flat())).toBe(3)
    })
  )

  it.effect("may be unlimited", () =>
    Effect.gen(function* () {
      const layer = spot("a").pipe(Layer.provide(Budget.layerUnlimited))
      expect(waited(yield* aMinuteLater(Effect.provide(calls(300), layer)))).toBe(0)
    })
  )

  it("shows no key", () => {
    const budget = Budget.makeMemory()
    const shown = inspect([budget, budget.forKey(Redacted.make("s3cret"))], { depth: null, showHidden: true })
    expect(shown + JSON.stringify(budget)).not.toContain("s3cret")
  })

  it.each([
    ["calls", { calls: 0, window: "1 second" }],
    ["calls", { calls: 2.5, window: "1 second" }],
    ["calls", { calls: Number.NaN, window: "1 second" }],
    ["window", { calls: 1, window: 0 }],
    ["window", { calls: 1, window: "-1 seconds" }],
    ["window", { calls: 1, window: Number.NaN }]
  ] as const)("names the %s that lets nothing through: %o", (name, limit) => {
    expect(() => Budget.layerMemoryLimits([limit])).toThrow(`"${name}" is `)
  })
})
