/** How relays share the Spots, beat by beat. A map stands in for the server's locks. */
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Layer, Scope } from "effect"
import { SqlError } from "effect/sql"
import { TestClock } from "effect/testing"
import { SpotControl } from "../../../src/index.ts"
import { electing, type Session } from "../../../src/store/postgres/electing.ts"

/** A server: the locks of each session that is there. */
const makeServer = () => {
  const sessions = new Map<string, Set<string>>()
  /** Relays whose session fails, and those whose session does not answer. */
  const failing = new Set<string>()
  const silent = new Set<string>()
  /** Relays whose work takes ten seconds to end. */
  const slow = new Set<string>()
  const gone = new SqlError.SqlError({
    reason: new SqlError.ConnectionError({ cause: undefined, message: "gone", operation: "elect" })
  })
  const answers = <A>(name: string, answer: () => A) =>
    Effect.suspend((): Effect.Effect<A, SqlError.SqlError> => {
      if (silent.has(name)) return Effect.never
      return failing.has(name) ? Effect.fail(gone) : Effect.sync(answer)
    })
  const open = (name: string): Effect.Effect<Session, never, Scope.Scope> =>
    Effect.acquireRelease(
      Effect.sync(() => {
        const locked = new Set<string>()
        sessions.set(name, locked)
        return {
          relays: answers(name, () => sessions.size),
          locked,
          tryLock: (spot: string) =>
            answers(name, () => {
              if ([...sessions.values()].some((locks) => locks !== locked && locks.has(spot))) return false
              locked.add(spot)
              return true
            }),
          unlock: (spot: string) => answers(name, () => void locked.delete(spot))
        }
      }),
      () => Effect.sync(() => sessions.delete(name))
    )
  let terms = 0
  const control = Layer.mock(SpotControl.SpotControl)({ acquireLeadership: () => Effect.sync(() => ++terms) })
  return { failing, silent, slow, open, control }
}

type Server = ReturnType<typeof makeServer>

/** What fibers do at this time. */
const settled = Effect.replicateEffect(Effect.yieldNow, 50, { discard: true })

const seconds = (count: number) => Effect.andThen(TestClock.adjust(`${count} seconds`), settled)

/** A relay that would lead these Spots; those that it leads, by the numbers of their terms. */
const relay = Effect.fnUntraced(function* (server: Server, name: string, ...spots: ReadonlyArray<string>) {
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
  const { lead } = yield* electing(server.open(name)).pipe(
    Scope.provide(scope),
    Effect.provide(server.control)
  )
  const led = new Map<string, number>()
  const ends = new Map<string, Effect.Effect<void>>()
  /** What ends the work of a Spot's present term. */
  const failures = new Map<string, Effect.Effect<boolean>>()
  const join = Effect.fnUntraced(function* (spot: string) {
    const own = yield* Scope.fork(scope)
    const work = Effect.fnUntraced(function* (term: number) {
      const failure = yield* Deferred.make<never, string>()
      failures.set(spot, Deferred.fail(failure, "its work failed"))
      return yield* Effect.acquireUseRelease(
        Effect.sync(() => led.set(spot, term)),
        () => Deferred.await(failure),
        () =>
          Effect.andThen(
            Effect.when(Effect.sleep("10 seconds"), Effect.succeed(server.slow.has(name))),
            Effect.sync(() => led.delete(spot))
          )
      )
    })
    yield* Effect.forkIn(lead(spot, work), own)
    ends.set(spot, Scope.close(own, Exit.void))
    yield* settled
  })
  for (const spot of spots) yield* join(spot)
  return {
    led,
    spots: () => [...led.keys()].toSorted().join(" "),
    join,
    /** No longer would lead this one. */
    withdraw: (spot: string) => Effect.andThen(ends.get(spot) ?? Effect.void, settled),
    fail: (spot: string) => Effect.andThen(failures.get(spot) ?? Effect.void, settled),
    stop: Effect.andThen(Scope.close(scope, Exit.void), settled)
  }
})

const test = (sentence: string, body: (server: Server) => Effect.Effect<void, never, Scope.Scope>) =>
  it.effect(sentence, () => Effect.scoped(Effect.suspend(() => body(makeServer()))))

/** What is seen after each of so many seconds. */
const each = <A>(count: number, look: () => A) =>
  Effect.forEach(Array.from({ length: count }), () => Effect.map(seconds(1), look))

describe("a relay", () => {
  test("alone leads every Spot at once", (server) =>
    Effect.gen(function* () {
      const { spots } = yield* relay(server, "first", "a", "b", "c")
      expect(spots()).toBe("a b c")
    }))

  test("that comes later is left what is its share, and no more", (server) =>
    Effect.gen(function* () {
      const first = yield* relay(server, "first", "a", "b", "c", "d", "e")
      const second = yield* relay(server, "second", "a", "b", "c", "d", "e")
      expect(yield* each(20, () => [first.spots(), second.spots()])).toEqual(
        Array.from({ length: 20 }, () => ["a b c", "d e"])
      )
    }))

  test("leaves one Spot after another, though its work on the first one has not ended yet", (server) =>
    Effect.gen(function* () {
      server.slow.add("first")
      yield* relay(server, "first", "a", "b", "c", "d", "e")
      const second = yield* relay(server, "second", "a", "b", "c", "d", "e")
      yield* seconds(2)
      const seen = second.spots()
      // Nobody lets time pass when the test has ended.
      server.slow.clear()
      yield* seconds(10)
      expect(seen).toBe("d e")
    }))

  test("that comes back is left its share by one that tried to lead all meanwhile", (server) =>
    Effect.gen(function* () {
      const spots = ["a", "b", "c", "d"]
      const first = yield* relay(server, "first", ...spots)
      const second = yield* relay(server, "second", ...spots)
      yield* seconds(10)
      yield* first.stop
      yield* seconds(1)
      expect(second.led.size).toBe(4)
      const again = yield* relay(server, "first", ...spots)
      yield* seconds(1)
      expect([second.led.size, again.led.size]).toEqual([2, 2])
    }))

  test("takes within a second what another one leaves that stops", (server) =>
    Effect.gen(function* () {
      const first = yield* relay(server, "first", "a")
      const term = first.led.get("a")
      const second = yield* relay(server, "second", "a")
      yield* seconds(5)
      expect([first.spots(), second.spots()]).toEqual(["a", ""])
      yield* first.stop
      yield* seconds(1)
      expect([first.spots(), second.spots()]).toEqual(["", "a"])
      expect(second.led.get("a")).toBeGreaterThan(term ?? Infinity)
    }))

  test("takes a Spot beyond its share when nobody has led it for three seconds", (server) =>
    Effect.gen(function* () {
      yield* relay(server, "first", "other")
      const { spots } = yield* relay(server, "second", "a", "b")
      expect(spots()).toBe("a")
      expect(yield* each(4, spots)).toEqual(["a", "a", "a b", "a b"])
    }))

  test("tries to take a Spot beyond its share every four seconds", (server) =>
    Effect.gen(function* () {
      const first = yield* relay(server, "first", "a")
      yield* relay(server, "third", "other")
      const { spots } = yield* relay(server, "second", "x", "a")
      yield* seconds(3)
      yield* first.withdraw("a")
      expect(yield* each(4, spots)).toEqual(["x", "x", "x", "a x"])
    }))

  test("takes back what it left to another one that would not lead it, and offers it again after five minutes", (server) =>
    Effect.gen(function* () {
      const first = yield* relay(server, "first", "a", "b")
      const second = yield* relay(server, "second", "other")
      expect(yield* each(8, first.spots)).toEqual(["a", "a", "a", "a", "a", "a", "a b", "a b"])
      yield* second.join("b")
      yield* seconds(298)
      expect([first.spots(), second.spots()]).toEqual(["a b", "other"])
      yield* seconds(1)
      expect(first.spots()).toBe("a")
      yield* seconds(4)
      expect([first.spots(), second.spots()]).toEqual(["a", "b other"])
    }))

  test("whose session fails leads nothing, before it is elected in another session", (server) =>
    Effect.gen(function* () {
      yield* relay(server, "first", "a")
      const { led } = yield* relay(server, "second", "a", "b")
      const term = led.get("b")
      server.failing.add("second")
      yield* seconds(1)
      expect(led.size).toBe(0)
      server.failing.delete("second")
      yield* seconds(5)
      expect(led.get("b")).toBeGreaterThan(term ?? Infinity)
    }))

  test("whose session does not answer for three seconds leads nothing, and another one leads", (server) =>
    Effect.gen(function* () {
      const first = yield* relay(server, "first", "a")
      const second = yield* relay(server, "second", "a")
      server.silent.add("first")
      yield* seconds(1)
      yield* TestClock.adjust("2999 millis")
      yield* settled
      expect([first.spots(), second.spots()]).toEqual(["a", ""])
      yield* seconds(1)
      expect([first.spots(), second.spots()]).toEqual(["", "a"])
    }))

  test("that would no longer lead a Spot leaves it to others, and that one alone", (server) =>
    Effect.gen(function* () {
      const first = yield* relay(server, "first", "a", "b")
      const second = yield* relay(server, "second", "a", "b", "c")
      yield* seconds(10)
      expect([first.spots(), second.spots()]).toEqual(["a", "b c"])
      yield* first.withdraw("a")
      yield* seconds(5)
      expect([first.spots(), second.spots()]).toEqual(["", "a b c"])
    }))

  test("whose work fails leads again in another term, and the other Spots go on in theirs", (server) =>
    Effect.gen(function* () {
      yield* relay(server, "second", "other")
      const first = yield* relay(server, "first", "a", "b")
      yield* seconds(5)
      const [a, b] = [first.led.get("a"), first.led.get("b")]
      yield* first.fail("b")
      yield* seconds(1)
      expect(first.led.get("a")).toBe(a)
      expect(first.led.get("b")).toBeGreaterThan(b ?? Infinity)
    }))
})
