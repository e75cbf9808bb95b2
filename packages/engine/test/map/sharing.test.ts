/** What the expensive inputs of one source do to the others: they wait for a few of them at most. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Inbox, Mapper, Mapping, Operations, Sources, Spots } from "../../src/index.ts"
import { sharing } from "../../src/map/sharing.ts"
import { Expressions } from "../../src/source/Expressions.ts"
import { onEach } from "../databases.ts"
import { body, delivery, eventually, layerInbox, makeSource, start, statuses } from "../fixtures.ts"

const bytes = new TextEncoder().encode(body)
const backtracking = JSON.stringify({ text: `${"a".repeat(50)}!` })

const acceptFrom = Effect.fnUntraced(function* (source: string, count: number, text = body) {
  const inbox = yield* Inbox.Inbox
  const all = Array.from({ length: count }, (_, at) =>
    inbox.accept(delivery({ source, deliveryId: `${source}-${at}`, body: new TextEncoder().encode(text) }))
  )
  return (yield* Effect.all(all, { concurrency: "unbounded" })).map(({ id }) => id)
})

const mapper = (expr: string) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const mapping = yield* Mapping.make({ live: "live-1", member: { expr } })
      const costly = yield* makeSource({ name: "costly", mapping })
      const cheap = yield* makeSource({ name: "cheap" })
      const sources = new Map([costly, cheap].map((source) => [source.name, source]))
      return Mapper.layer.pipe(Layer.provide(Sources.layer(sources)), Layer.provide(Spots.layerOf()))
    })
  )

const webhooks = statuses("webhooks")

describe("a webhook of another source", () => {
  it.effect("waits for one input of a source whose expression backtracks, and not for 200", () =>
    Effect.gen(function* () {
      const operations = yield* Operations.Operations
      yield* acceptFrom("costly", 200, backtracking)
      yield* start(mapper("$match(text, /^(a+)+$/)"))
      yield* eventually(webhooks, ({ unmappable = 0 }) => unmappable > 0)
      const [id = ""] = yield* acceptFrom("cheap", 1)
      yield* eventually(operations.webhook(id), (webhook) => webhook?.status === "mapped")
      const { unmappable = 0, received = 0 } = yield* webhooks
      expect(unmappable).toBeLessThanOrEqual(3)
      expect(received).toBe(200 - unmappable)
    }).pipe(Effect.scoped, Effect.provide(layerInbox))
  )

  it.effect("waits for a slice of a source whose expression is slow, and not for all of its inputs", () =>
    Effect.gen(function* () {
      const operations = yield* Operations.Operations
      yield* acceptFrom("costly", 300, JSON.stringify({ email: "alice@example.com" }))
      // Some milliseconds each: far within its bounds, and more than a slice together.
      yield* start(mapper("($sum($map([1..2000], function($v) { $v })); email)"))
      yield* eventually(webhooks, ({ mapped = 0 }) => mapped > 0)
      const [id = ""] = yield* acceptFrom("cheap", 1)
      yield* eventually(operations.webhook(id), (webhook) => webhook?.status === "mapped")
      expect((yield* webhooks)["received"]).toBeGreaterThan(0)
      yield* eventually(webhooks, ({ mapped = 0 }) => mapped === 301)
    }).pipe(Effect.scoped, Effect.provide(layerInbox))
  )

  it.effect("is mapped while the source rests, which goes on when it has rested", () =>
    Effect.gen(function* () {
      yield* acceptFrom("costly", 3, backtracking)
      yield* start(mapper("$match(text, /^(a+)+$/)"))
      for (const turn of [1, 2, 3]) {
        yield* eventually(webhooks, ({ unmappable = 0 }) => unmappable === turn)
        yield* acceptFrom("cheap", 20 * turn)
        // In a later turn, so the rest has begun.
        yield* eventually(webhooks, ({ mapped = 0 }) => mapped === 20 * turn)
        const { unmappable, received = 0 } = yield* webhooks
        expect({ unmappable, received }).toEqual({ unmappable: turn, received: 3 - turn })
        yield* TestClock.adjust("30 seconds")
      }
    }).pipe(Effect.scoped, Effect.provide(layerInbox))
  )
})

describe("the share of a source", () => {
  const expressions = (millis: number, isCostly = false) => {
    const evaluated: Array<string> = []
    const service = Expressions.of({
      evaluate: ({ source }, share) =>
        Effect.suspend(() => {
          if (share?.isUsedUp() === true) return Effect.interrupt
          evaluated.push(source)
          share?.charge(millis, isCostly)
          return Effect.succeed({ found: {} })
        })
    })
    return { evaluated, shares: sharing(service) }
  }

  const evaluate = ({ shares }: ReturnType<typeof expressions>, source: string) =>
    Effect.exit(shares.expressionsFor(source).evaluate({ expressions: {}, source, headers: {}, body: "{}" }))

  it.effect("ends with its slice of time, and begins anew with the next turn", () =>
    Effect.gen(function* () {
      const given = expressions(300)
      yield* Effect.replicateEffect(evaluate(given, "a"), 5)
      yield* evaluate(given, "b")
      expect(given.evaluated).toEqual(["a", "a", "b"])
      given.shares.end(0)
      yield* evaluate(given, "a")
      expect(given.evaluated).toEqual(["a", "a", "b", "a"])
      expect(given.shares.resting(0)).toEqual(new Set())
    })
  )

  it.effect(
    "is followed by a rest where it cost the process: as long as it took, and up to four times as long",
    () =>
      Effect.gen(function* () {
        const given = expressions(100, true)
        const rests: Array<number> = []
        for (let turn = 0; turn < 6; turn++) {
          yield* evaluate(given, "a")
          given.shares.end(1_000)
          rests.push(given.shares.untilRested(1_000))
        }
        expect(rests).toEqual([100, 200, 300, 400, 400, 400])
        expect(given.shares.resting(1_399)).toEqual(new Set(["a"]))
        expect(given.shares.resting(1_400)).toEqual(new Set())
        expect(given.shares.untilRested(1_400)).toBe(Infinity)
      })
  )
})

onEach((test) => {
  test("what waits for its mapping is found by source in turn, and the oldest of a source first", (inbox) =>
    Effect.gen(function* () {
      const big = yield* acceptFrom("big", 10)
      const small = yield* acceptFrom("small", 2)
      const other = yield* acceptFrom("other", 5)
      const found = yield* inbox.received(6)
      const idsOf = (source: string) =>
        found.filter((webhook) => webhook.source === source).map(({ id }) => id)
      expect(found).toHaveLength(6)
      expect(idsOf("big")).toEqual(big.toSorted().slice(0, 2))
      expect(idsOf("small")).toEqual(small.toSorted())
      expect(idsOf("other")).toEqual(other.toSorted().slice(0, 2))
      expect(yield* inbox.received(100)).toHaveLength(17)
      expect((yield* inbox.received(100, new Set(["big", "small"]))).map(({ id }) => id)).toEqual(
        other.toSorted()
      )
      expect(yield* inbox.received(100, new Set(["big", "small", "other"]))).toEqual([])
    }))

  test("where fewer are taken than there are sources, each source has its turn", (inbox) =>
    Effect.gen(function* () {
      for (const source of ["a", "b", "c", "d", "e"]) yield* acceptFrom(source, 3)
      const turns: Array<string> = []
      for (let turn = 0; turn < 5; turn++) {
        turns.push(...(yield* inbox.received(2)).map(({ source }) => source).toSorted())
      }
      expect(turns).toEqual(["a", "b", "c", "d", "a", "e", "b", "c", "d", "e"])
    }))

  test("live webhooks come before all others, and the oldest of all is known", (inbox, operations) =>
    Effect.gen(function* () {
      yield* inbox.accept(delivery({ source: "a", deliveryId: "1", lane: "import", body: bytes }))
      yield* TestClock.adjust("1 second")
      yield* acceptFrom("b", 2)
      yield* acceptFrom("c", 1)
      expect((yield* inbox.received(3)).map(({ source }) => source).toSorted()).toEqual(["b", "b", "c"])
      expect((yield* inbox.received(4)).map(({ lane }) => lane)).toEqual(["live", "live", "live", "import"])
      const { received } = yield* operations.waiting([])
      expect(received).toEqual({ count: 4, oldest: DateTime.makeUnsafe(0) })
    }))
})
