/** How relays share the Spots, beat by beat. A map stands in for the server's locks. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Layer, Scope } from "effect"
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
  return { sessions, failing, silent, open }
}

type Server = ReturnType<typeof makeServer>

/** What fibers do at this time. */
const settled = Effect.replicateEffect(Effect.yieldNow, 50, { discard: true })

const seconds = (count: number) => Effect.andThen(TestClock.adjust(`${count} seconds`), settled)

let terms = 0

const control = Layer.mock(SpotControl.SpotControl)({ lead: () => Effect.sync(() => ++terms) })

/** A relay that would lead these Spots; those that it leads, by the numbers of their terms. */
const relay = Effect.fnUntraced(function* (server: Server, name: string, ...spots: ReadonlyArray<string>) {
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
  const { lead } = yield* electing(server.open(name)).pipe(Scope.provide(scope), Effect.provide(control))
  const led = new Map<string, number>()
  const would = Effect.fnUntraced(function* (spot: string) {
    const own = yield* Scope.fork(scope)
    const work = (term: number) =>
      Effect.acquireUseRelease(
        Effect.sync(() => led.set(spot, term)),
        () => Effect.never,
        () => Effect.sync(() => led.delete(spot))
      )
    yield* Effect.forkIn(lead(spot, work), own)
    return Scope.close(own, Exit.void)
  })
  const ends = new Map<string, Effect.Effect<void>>()
  for (const spot of spots) ends.set(spot, yield* would(spot))
  yield* settled
  return {
    led,
    spots: () => [...led.keys()].toSorted().join(" "),
    /** No longer would lead this one. */
    withdraw: (spot: string) => Effect.andThen(ends.get(spot) ?? Effect.void, settled),
    stop: Effect.andThen(Scope.close(scope, Exit.void), settled)
  }
})

const test = (sentence: string, body: (server: Server) => Effect.Effect<void, never, Scope.Scope>) =>
  it.effect(sentence, () => Effect.scoped(Effect.suspend(() => body(makeServer()))))

describe("a relay", () => {
  test("alone leads every Spot at once", (server) =>
    Effect.gen(function* () {
      const { spots } = yield* relay(server, "first", "a", "b", "c")
      expect(spots()).toBe("a b c")
    }))

  test("that comes later is left a Spot a second, until each leads its share, and never more", (server) =>
    Effect.gen(function* () {
      const first = yield* relay(server, "first", "a", "b", "c", "d", "e")
      const second = yield* relay(server, "second", "a", "b", "c", "d", "e")
      expect(second.spots()).toBe("")
      const shares: Array<string> = []
      for (let beat = 1; beat <= 12; beat++) {
        yield* seconds(1)
        shares.push(`${first.led.size}${second.led.size}`)
      }
      expect(shares.slice(0, 4)).toEqual([])
      expect(new Set(shares.slice(4))).toEqual(new Set(["32"]))
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

  test("leads a Spot beyond its share that nobody else would lead", (server) =>
    Effect.gen(function* () {
      const first = yield* relay(server, "first", "a", "b")
      yield* relay(server, "second", "other")
      const seen: Array<string> = []
      for (let beat = 1; beat <= 16; beat++) {
        yield* seconds(1)
        seen.push(first.spots())
      }
      expect(seen).toEqual([])
    }))
})
