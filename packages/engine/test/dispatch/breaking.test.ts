/** When the circuit of a Spot opens, how it closes, and who is told. */
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Exit, Fiber, Layer, Logger, Metric } from "effect"
import { CircuitBreaker } from "effect/persistence"
import { TestClock } from "effect/testing"
import { InviteError, LiveParticipants } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { breaking } from "../../src/dispatch/breaking.ts"
import { Inbox, type Settling, SpotControl, Spots } from "../../src/index.ts"
import { alice } from "../fixtures.ts"

const { liveId } = alice
const silence = new InviteError.UpstreamUnavailable({ liveId, reason: "Timeout", mayHaveArrived: true })
const answer = LiveParticipantsTest.participant(alice)

/** A breaker, and what it stores, logs and shows. */
const setUp = Effect.gen(function* () {
  const stored: Array<readonly [spot: string, open: number | null]> = []
  const logged: Array<string> = []
  const database = { isOpen: true, isThere: true }
  const gone = Effect.fail(new Inbox.InboxUnavailable({ cause: "gone" }))
  const control = Layer.mock(SpotControl.SpotControl)({
    setCircuit: (spot, open) =>
      Effect.suspend(() => {
        if (!database.isThere) return gone
        stored.push([spot, open === null ? null : Duration.toMillis(open)])
        return Effect.void
      }),
    isCircuitOpen: () => Effect.suspend(() => (database.isThere ? Effect.succeed(database.isOpen) : gone))
  })
  const logger = Logger.make(({ logLevel, message }) => {
    if (logLevel !== "Debug") logged.push(`${logLevel}: ${String(message)}`)
  })
  const breaker = yield* Effect.provide(breaking, [
    control,
    CircuitBreaker.layerStoreMemory(),
    Logger.layer([logger])
  ])
  const participants = yield* LiveParticipants.LiveParticipants
  const spot = Spots.make("main", participants)
  const guard = (result: Settling.Result | undefined, tellsNothing = false) =>
    breaker.guard(spot, Effect.succeed(result === undefined ? [] : [result]), tellsNothing)
  const admits = (isIdle: boolean) => breaker.admits(spot, 8, isIdle)
  const shown = (name: string, state?: string) =>
    Effect.map(Metric.snapshot, (all) => {
      const found = all.find(({ id, attributes }) => id === name && attributes?.["state"] === state)
      return found?.type === "Gauge" ? found.state.value : undefined
    })
  return {
    other: Spots.make("other", participants),
    breaker,
    spot,
    guard,
    admits,
    stored,
    database,
    fail: (times: number) => Effect.replicateEffect(guard(silence), times, { discard: true }),
    circuit: Effect.all(["closed", "open", "half-open"].map((state) => shown("usher_spot_circuit", state))),
    leader: shown("usher_spot_leader"),
    /** Lets the breaker say what has happened: its lines so far. */
    said: Effect.as(Effect.replicateEffect(Effect.yieldNow, 20, { discard: true }), logged),
    logger: Logger.layer([logger])
  }
})

type Setting = Effect.Success<typeof setUp>

const test = (sentence: string, body: (setting: Setting) => Effect.Effect<void, unknown>) =>
  it.effect(sentence, () =>
    Effect.flatMap(setUp, (setting) => Effect.provide(body(setting), setting.logger)).pipe(
      Effect.provide(LiveParticipantsTest.layerScripted()),
      Effect.provideService(Metric.MetricRegistry, new Map()),
      Effect.scoped
    )
  )

const all = { _tag: "Calls", most: 8 }
const one = { _tag: "Calls", most: 1 }
const none = { _tag: "Calls", most: 0 }
const rest = (seconds: number) => ({ _tag: "Rest", duration: Duration.seconds(seconds) })

describe("a circuit", () => {
  test("opens for 5 seconds after ten calls in a row without an answer", ({ fail, admits, guard, breaker }) =>
    Effect.gen(function* () {
      yield* fail(9)
      expect(yield* admits(false)).toEqual(all)
      expect(yield* breaker.isClosed("main")).toBe(true)
      yield* fail(1)
      expect(yield* admits(true)).toEqual(rest(5))
      expect(yield* breaker.isClosed("main")).toBe(false)
      expect(yield* guard(answer)).toBeUndefined()
    }))

  test("lets one call at a time find out whether MeltingSpot answers again", ({
    fail,
    admits,
    breaker,
    spot
  }) =>
    Effect.gen(function* () {
      yield* fail(10)
      yield* TestClock.adjust("5 seconds")
      expect(yield* admits(true)).toEqual(one)
      expect(yield* admits(false)).toEqual(none)
      const result = yield* Deferred.make<ReadonlyArray<Settling.Result>>()
      const probe = yield* Effect.forkChild(breaker.guard(spot, Deferred.await(result), false), {
        startImmediately: true
      })
      expect(yield* admits(true)).toEqual(one)
      expect(yield* admits(false)).toEqual(none)
      yield* Deferred.succeed(result, [answer])
      yield* Fiber.join(probe)
      expect(yield* admits(false)).toEqual(all)
    }))

  test("stays open twice as long after each probe, up to a minute", ({ fail, admits }) =>
    Effect.gen(function* () {
      yield* fail(9)
      for (const seconds of [5, 10, 20, 40, 60, 60]) {
        yield* fail(1)
        expect(yield* admits(true)).toEqual(rest(seconds))
        yield* TestClock.adjust(Duration.seconds(seconds))
      }
    }))

  test("stays open for as long as the upstream asks", ({ fail, guard, admits }) =>
    Effect.gen(function* () {
      yield* fail(9)
      yield* guard(new InviteError.UpstreamUnavailable({ ...silence, retryAfter: Duration.seconds(90) }))
      expect(yield* admits(true)).toEqual(rest(90))
    }))

  test("is stored, logged and shown whenever it changes", ({ fail, guard, stored, said, circuit }) =>
    Effect.gen(function* () {
      yield* fail(10)
      expect(yield* said).toEqual(["Warn: Spot main: MeltingSpot does not answer, no call for 5s"])
      expect(yield* circuit).toEqual([0, 1, 0])
      yield* TestClock.adjust("5 seconds")
      yield* fail(1)
      yield* TestClock.adjust("10 seconds")
      yield* guard(answer)
      expect((yield* said).slice(1)).toEqual([
        "Info: Spot main: probing whether MeltingSpot answers again",
        "Info: Spot main: MeltingSpot answers again"
      ])
      expect(yield* circuit).toEqual([1, 0, 0])
      expect(stored).toEqual([
        ["main", 5_000],
        ["main", 10_000],
        ["main", null]
      ])
    }))
})

describe("of ten calls in a row", () => {
  /** Whether the circuit opens after nine without an answer, one of another kind, and one more without an answer. */
  const opens = ({ fail, breaker }: Setting, other: Effect.Effect<unknown, unknown>) =>
    Effect.gen(function* () {
      yield* fail(9)
      yield* Effect.exit(other)
      yield* fail(1)
      return !(yield* breaker.isClosed("main"))
    })
  const refusal = new InviteError.LiveNotFound({ liveId })
  const limited = new InviteError.RateLimited({ liveId })

  test("an answer is a sign that the upstream answers", (setting) =>
    Effect.map(opens(setting, setting.guard(answer)), (isOpen) => expect(isOpen).toBe(false)))

  test("a refusal is one, too", (setting) =>
    Effect.map(opens(setting, setting.guard(refusal)), (isOpen) => expect(isOpen).toBe(false)))

  test("a refusal of a suspected call is one, too", (setting) =>
    Effect.map(opens(setting, setting.guard(refusal, true)), (isOpen) => expect(isOpen).toBe(false)))

  test("a 429 is a sign of nothing", (setting) =>
    Effect.map(opens(setting, setting.guard(limited)), (isOpen) => expect(isOpen).toBe(true)))

  test("a call without a result is a sign of nothing", (setting) =>
    Effect.map(opens(setting, setting.guard(undefined)), (isOpen) => expect(isOpen).toBe(true)))

  test("a call that failed in this program is a sign of nothing", (setting) =>
    Effect.map(opens(setting, setting.breaker.guard(setting.spot, Effect.die("a fault"), false)), (isOpen) =>
      expect(isOpen).toBe(true)
    ))

  test("a fault in this program comes out as it is", ({ breaker, spot }) =>
    Effect.map(Effect.exit(breaker.guard(spot, Effect.die("a fault"), false)), (exit) =>
      expect(exit).toEqual(Exit.die("a fault"))
    ))

  test("a suspected call without an answer is a sign of nothing", (setting) =>
    Effect.gen(function* () {
      yield* setting.fail(9)
      yield* setting.guard(silence, true)
      expect(yield* setting.breaker.isClosed("main")).toBe(true)
      yield* setting.fail(1)
      expect(yield* setting.breaker.isClosed("main")).toBe(false)
    }))
})

describe("while a circuit is open", () => {
  const hour = Duration.hours(1)

  test("a resumed Spot is noticed after 2 seconds", ({ fail, breaker, admits, database, said, circuit }) =>
    Effect.gen(function* () {
      yield* fail(10)
      yield* said
      database.isOpen = false
      const resting = yield* Effect.forkChild(breaker.rest("main", hour), { startImmediately: true })
      yield* TestClock.adjust("1999 millis")
      expect(resting.pollUnsafe()).toBeUndefined()
      yield* TestClock.adjust("1 milli")
      yield* Fiber.join(resting)
      expect(yield* admits(false)).toEqual(all)
      expect((yield* said).at(-1)).toBe("Info: Spot main resumed")
      expect(yield* circuit).toEqual([1, 0, 0])
    }))

  test("the rest is no longer than the circuit is open, and ends nothing else", ({
    fail,
    breaker,
    admits,
    said
  }) =>
    Effect.gen(function* () {
      yield* fail(10)
      yield* said
      const resting = yield* Effect.forkChild(breaker.rest("main", Duration.seconds(1)), {
        startImmediately: true
      })
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(resting)
      expect(yield* admits(false)).toEqual(rest(4))
    }))

  test("it stays open where the database can't tell, or was not told", ({
    fail,
    breaker,
    other,
    admits,
    database,
    said
  }) =>
    Effect.gen(function* () {
      yield* fail(10)
      yield* said
      database.isThere = false
      yield* Effect.andThen(Effect.forkChild(breaker.rest("main", hour)), TestClock.adjust("2 seconds"))
      expect(yield* admits(false)).toEqual(rest(3))
      yield* TestClock.adjust("3 seconds")
      // This time it can't be stored: no resume could be seen.
      yield* breaker.guard(other, Effect.succeed([silence]), false).pipe(Effect.replicateEffect(10))
      yield* said
      Object.assign(database, { isThere: true, isOpen: false })
      yield* Effect.andThen(Effect.forkChild(breaker.rest("other", hour)), TestClock.adjust("2 seconds"))
      expect(yield* breaker.isClosed("other")).toBe(false)
    }))

  test("it stays open where only an earlier opening was stored", (setting) =>
    Effect.gen(function* () {
      const { fail, guard, breaker, database, said, stored } = setting
      const opensUntold = Effect.gen(function* () {
        database.isThere = false
        yield* fail(10)
        yield* said
        Object.assign(database, { isThere: true, isOpen: false })
        yield* Effect.andThen(Effect.forkChild(breaker.rest("main", hour)), TestClock.adjust("2 seconds"))
        expect(yield* breaker.isClosed("main")).toBe(false)
        yield* TestClock.adjust("1 minute")
        yield* guard(answer)
        yield* said
      })
      yield* fail(10)
      yield* TestClock.adjust("5 seconds")
      yield* guard(answer)
      yield* said
      yield* opensUntold
      // What could not be stored is no reason to say nothing of the next change.
      expect(stored).toEqual([
        ["main", 5_000],
        ["main", null],
        ["main", null]
      ])
      yield* fail(10)
      yield* said
      yield* Effect.andThen(Effect.forkChild(breaker.rest("main", hour)), TestClock.adjust("2 seconds"))
      expect(yield* breaker.isClosed("main")).toBe(true)
      yield* opensUntold
    }))

  test("what a call tells that began before a resume counts no more", (setting) =>
    Effect.gen(function* () {
      const { fail, breaker, spot, admits, database, stored, said } = setting
      yield* fail(10)
      yield* TestClock.adjust("5 seconds")
      const result = yield* Deferred.make<ReadonlyArray<Settling.Result>>()
      const probe = yield* Effect.forkChild(breaker.guard(spot, Deferred.await(result), false), {
        startImmediately: true
      })
      yield* said
      database.isOpen = false
      yield* Effect.andThen(Effect.forkChild(breaker.rest("main", hour)), TestClock.adjust("2 seconds"))
      yield* Deferred.succeed(result, [silence])
      yield* Fiber.join(probe)
      yield* said
      expect(yield* admits(false)).toEqual(all)
      expect(stored).toEqual([["main", 5_000]])
    }))
})

describe("a relay that begins to lead a Spot", () => {
  const during = <A>({ breaker, spot }: Setting, look: Effect.Effect<A>) =>
    Effect.scoped(Effect.andThen(breaker.leading(spot), look))

  test("takes back what another one stored of its circuit, and shows that it leads", (setting) =>
    Effect.gen(function* () {
      const look = Effect.all([setting.leader, setting.circuit])
      expect(yield* during(setting, look)).toEqual([1, [1, 0, 0]])
      expect(yield* look).toEqual([0, [0, 0, 0]])
      expect(setting.stored).toEqual([["main", null]])
    }))

  test("keeps what it stored itself of an open circuit", (setting) =>
    Effect.gen(function* () {
      yield* setting.fail(10)
      yield* setting.said
      expect(yield* during(setting, setting.circuit)).toEqual([0, 1, 0])
      expect(setting.stored).toEqual([["main", 5_000]])
    }))
})
