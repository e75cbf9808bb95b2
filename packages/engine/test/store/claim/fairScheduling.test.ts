/** Whose turn it is. */
import { expect } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { TestClock } from "effect/testing"
import { SpotControl } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { claim } from "../../dispatching.ts"
import { people, store } from "../../fixtures.ts"

const inHours = (hours: number) => ({ expiresAt: DateTime.makeUnsafe(hours * 3_600_000) })

/** Source and Live of each claim, equals in a row once. */
const turnsOf = (claims: Effect.Success<ReturnType<typeof claim>>) =>
  claims
    .map(({ source, invitation }) => `${source} ${invitation.liveId}`)
    .filter((turn, index, all) => turn !== all[index - 1])

const storeFor = (source: string, liveId: string, count = 1, terms = {}) =>
  store(people(count, liveId), { source, deliveryId: `${source} ${liveId}` }, terms)

onEach((test) => {
  test("sources have their turns round and round, and in each of them their batches", () =>
    Effect.gen(function* () {
      for (const [source, live] of [
        ["a", "1"],
        ["a", "2"],
        ["b", "5"],
        ["c", "3"]
      ] as const) {
        yield* storeFor(source, live, 20)
      }
      expect(turnsOf(yield* claim(48))).toEqual(["a 1", "b 5", "c 3"])
      expect(turnsOf(yield* claim(20))).toEqual(["a 2", "b 5"])
      yield* storeFor("d", "4")
      expect(turnsOf(yield* claim(20))).toEqual(["c 3", "d 4", "a 1", "a 2"])
    }))

  test("every other turn goes to the nearest deadline, of those that have one", () =>
    Effect.gen(function* () {
      yield* storeFor("a", "late", 1, inHours(3))
      yield* storeFor("b", "soon", 1, inHours(1))
      yield* storeFor("c", "never", 40)
      yield* storeFor("d", "later", 1, inHours(2))
      expect(turnsOf(yield* claim(60))).toEqual(["b soon", "a late", "d later", "c never"])
    }))

  test("of equal deadlines the one that is due first has its turn, then the one that was made first", () =>
    Effect.gen(function* () {
      yield* storeFor("c", "1", 1, inHours(1))
      yield* TestClock.adjust("1 second")
      yield* storeFor("b", "2", 1, inHours(1))
      yield* storeFor("a", "3", 1, inHours(1))
      expect(turnsOf(yield* claim(1))).toEqual(["c 1"])
      // A source's turn.
      expect(turnsOf(yield* claim(1))).toEqual(["a 3"])
      yield* storeFor("a", "4", 1, inHours(1))
      expect(turnsOf(yield* claim(1))).toEqual(["b 2"])
    }))

  for (const [turn, terms] of [
    ["the nearest deadline", inHours(2)],
    ["a source", {}]
  ] as const) {
    test(`in the turn of ${turn}, another Spot, another lane and what is in a call already have none`, () =>
      Effect.gen(function* () {
        const sooner = "expiresAt" in terms ? inHours(1) : {}
        yield* store(people(2, "1"), { source: "a", deliveryId: "1" }, { spot: "other", ...sooner })
        yield* store(people(2, "2"), { source: "b", deliveryId: "2", lane: "import" }, sooner)
        yield* store(people(1, "3"), { source: "c", deliveryId: "3" }, sooner)
        expect(turnsOf(yield* claim(1, "main", { lane: "live" }))).toEqual(["c 3"])
        yield* store(people(1, "4"), { source: "d", deliveryId: "4" }, terms)
        yield* store(people(1, "5"), { source: "d", deliveryId: "5" }, terms)
        expect(turnsOf(yield* claim(10, "main", { lane: "live" }))).toEqual(["d 4", "d 5"])
        expect(yield* claim(10, "main", { lane: "live" })).toEqual([])
        expect(turnsOf(yield* claim(10))).toEqual(["b 2"])
        expect(turnsOf(yield* claim(10, "other"))).toEqual(["a 1"])
      }))
  }

  test("in the turn of the nearest deadline, a lane that comes first has none if it is not the one", () =>
    Effect.gen(function* () {
      yield* storeFor("a", "1", 2, inHours(1))
      yield* store(people(2, "2"), { source: "b", deliveryId: "2", lane: "import" }, inHours(2))
      expect(turnsOf(yield* claim(10, "main", { lane: "import" }))).toEqual(["b 2"])
    }))

  test("a source's round is over its own batches of this Spot and this lane that are not in a call already", () =>
    Effect.gen(function* () {
      yield* storeFor("a", "1")
      yield* claim(1)
      yield* store(people(2, "2"), { source: "a", deliveryId: "2" }, { spot: "other" })
      yield* store(people(2, "3"), { source: "a", deliveryId: "3", lane: "import" })
      yield* storeFor("a", "4", 3)
      // The round has been at the first batch, and begins anew behind the last.
      expect(turnsOf(yield* claim(1, "main", { lane: "live" }))).toEqual(["a 4"])
      expect(turnsOf(yield* claim(1, "main", { lane: "live" }))).toEqual(["a 4"])
    }))

  test("a Live that is parked for another Spot, where it is due as well, has its turn", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* store(people(2, "1"), { source: "a", deliveryId: "1" }, { spot: "other" })
      yield* control.park("other", "1", DateTime.makeUnsafe(-1))
      yield* store(people(2, "1"), { source: "a", deliveryId: "2" })
      expect(turnsOf(yield* claim(10))).toEqual(["a 1"])
    }))

  test("a Live that is parked for another Spot has its turn", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* storeFor("a", "1", 1, inHours(1))
      yield* storeFor("b", "2")
      for (const live of ["1", "2"]) yield* control.park("other", live, DateTime.makeUnsafe(-1))
      yield* control.park("main", "3", DateTime.makeUnsafe(-1))
      expect(turnsOf(yield* claim(10))).toEqual(["a 1", "b 2"])
    }))

  test("each Spot and each lane has a round of its own", () =>
    Effect.gen(function* () {
      for (const spot of ["main", "other"]) {
        for (const lane of ["live", "import"] as const) {
          for (const source of ["a", "b"]) {
            yield* store(people(1, source), { source, lane, deliveryId: `${spot} ${lane}` }, { spot })
          }
        }
      }
      expect(turnsOf(yield* claim(1, "main", { lane: "live" }))).toEqual(["a a"])
      expect(turnsOf(yield* claim(1, "other", { lane: "live" }))).toEqual(["a a"])
      expect(turnsOf(yield* claim(1, "main", { lane: "live" }))).toEqual(["b b"])
    }))

  for (const [sentence, lone, next] of [
    ["one alone without a deadline has its source's turn", [{}], "b"],
    ["one alone with a deadline has the deadlines' turn", [inHours(1)], "a"],
    ["the second one alone with a deadline has its source's turn", [inHours(1), inHours(1)], "b"]
  ] as const) {
    test(sentence, () =>
      Effect.gen(function* () {
        for (const [index, terms] of lone.entries()) {
          yield* storeFor("a", `lone-${index}`, 1, terms)
          expect(yield* claim(1)).toHaveLength(1)
        }
        yield* storeFor("a", "1")
        yield* storeFor("b", "2")
        expect((yield* claim(1)).map(({ source }) => source)).toEqual([next])
      })
    )
  }
})
