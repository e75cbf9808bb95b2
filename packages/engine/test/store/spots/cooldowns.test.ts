/** Waits that the upstream asks for: how long they are, who ends them, and what they cost, from bytes to rows. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Layer, Logger, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Hold } from "@usher/model"
import {
  Dispatcher,
  Forecast,
  Inbox,
  Leadership,
  RetryPolicy,
  SpotControl,
  Spots
} from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { claim } from "../../dispatching.ts"
import { layerInbox, people, start, store, untilStatus } from "../../fixtures.ts"

type Headers = Readonly<Record<string, string>>

/** A dispatcher before an upstream whose answers a test sets: when each call was made, and what was logged. */
const upstream = (options: Partial<Spots.Options> = {}) => {
  const answering: { status: number; headers: Headers } = { status: 429, headers: {} }
  const calls: Array<number> = []
  const logged: Array<string> = []
  const client = HttpClient.make((request) =>
    Effect.map(DateTime.now, (now) => {
      calls.push(DateTime.toEpochMillis(now))
      const { status, headers } = answering
      return HttpClientResponse.fromWeb(request, new Response("", { status, headers }))
    })
  )
  const logger = Logger.make(({ logLevel, message }) => {
    if (logLevel === "Warn" || logLevel === "Error" || logLevel === "Fatal") logged.push(String(message))
  })
  const spots = new Map([["main", { secretKey: Redacted.make("the-key"), ...options }]])
  const dispatcher = Dispatcher.layer().pipe(
    Layer.provide([Spots.layer(spots), Leadership.layerAlone]),
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
    Layer.provide(Logger.layer([logger]))
  )
  return { answering, calls, logged, dispatcher }
}

/** Lets everything run that can run without time going by. */
const settled = Effect.replicateEffect(Effect.yieldNow, 300, { discard: true })

const control = SpotControl.SpotControl
const stateOf = control.use((control) => Effect.map(control.all, ([state]) => state))

/** Time passes in steps, and what is due runs after each. */
const pass = (duration: Duration.Input, step: Duration.Input) =>
  Effect.replicateEffect(
    Effect.andThen(TestClock.adjust(step), settled),
    Math.ceil(Duration.toMillis(duration) / Duration.toMillis(step)),
    { discard: true }
  )

/** Time passes from one probe of a cooldown to the next. */
const passProbes = (duration: Duration.Duration) =>
  Effect.gen(function* () {
    const end = DateTime.addDuration(yield* DateTime.now, duration)
    for (;;) {
      const now = yield* DateTime.now
      if (DateTime.isGreaterThanOrEqualTo(now, end)) return
      const until = DateTime.min((yield* stateOf)?.cooldown?.until ?? end, end)
      yield* TestClock.adjust(Duration.max(DateTime.distance(now, until), Duration.millis(1)))
      yield* settled
    }
  })

/** Each to a Live of its own, so that none go together. */
const scattered = (count: number) => people(count).map(({ member }, at) => ({ member, liveId: `live-${at}` }))

describe("a day of an upstream that answers 429 throughout", () => {
  it.effect.each([
    ["without Retry-After", {}, 140],
    ["with a Retry-After of zero", { "retry-after": "0" }, 140],
    ["with a Retry-After of a second", { "retry-after": "1" }, 140],
    ["with a Retry-After of half an hour", { "retry-after": "1800" }, 40],
    ["with a Retry-After of a year", { "retry-after": "31536000" }, 20]
  ] as const)(
    "%s takes at most 300 calls, one at a time, and one warning of it",
    ([, headers, least]) => {
      const { answering, calls, logged, dispatcher } = upstream({ concurrency: 8 })
      answering.headers = headers
      return Effect.gen(function* () {
        const id = yield* store(scattered(300))
        yield* start(dispatcher)
        yield* settled
        const burst = calls.length
        expect(burst).toBeLessThanOrEqual(8)
        yield* passProbes(Duration.days(1))

        expect(calls.length).toBeLessThanOrEqual(300)
        expect(calls.length).toBeGreaterThan(least)
        const probes = calls.slice(burst)
        expect(new Set(probes).size).toBe(probes.length)
        expect(logged.filter((line) => line.includes("is in cooldown"))).toHaveLength(1)
        expect(logged.length).toBeLessThanOrEqual(2)
        expect((yield* stateOf)?.cooldown).toMatchObject({ since: DateTime.makeUnsafe(0) })

        answering.status = 200
        answering.headers = {}
        yield* passProbes(Duration.minutes(61))
        const invitations = yield* untilStatus(id, "already_invited")
        expect(invitations.map(({ attempts }) => attempts)).toEqual(invitations.map(() => 1))
        expect(yield* stateOf).toMatchObject({ cooldown: null })
      }).pipe(Effect.provide(layerInbox))
    },
    60_000
  )
})

describe("a cooldown", () => {
  it.effect("is ended by one probe, which is followed by all calls", () => {
    const { answering, calls, dispatcher } = upstream({ concurrency: 8 })
    return Effect.gen(function* () {
      yield* store(scattered(40))
      yield* start(dispatcher)
      yield* settled
      const burst = calls.length
      yield* TestClock.adjust("10 seconds")
      yield* settled
      expect(calls.slice(burst)).toEqual([10_000])
      yield* TestClock.adjust("19999 millis")
      yield* settled
      expect(calls.slice(burst)).toEqual([10_000])
      answering.status = 200
      yield* TestClock.adjust("1 milli")
      yield* settled
      expect(calls.length).toBeGreaterThan(burst + 8)
      expect(new Set(calls.slice(burst))).toEqual(new Set([10_000, 30_000]))
    }).pipe(Effect.provide(layerInbox))
  })

  it.effect("grows no further while probes are answered by a 503, and is not over", () => {
    const { answering, calls, dispatcher } = upstream({ concurrency: 8, retry: RetryPolicy.standard })
    return Effect.gen(function* () {
      yield* store(scattered(20))
      yield* start(dispatcher)
      yield* settled
      const burst = calls.length
      answering.status = 503
      yield* pass("50 seconds", "10 seconds")
      expect(calls.slice(burst)).toEqual([10_000, 20_000, 30_000, 40_000, 50_000])
    }).pipe(Effect.provide(layerInbox))
  })

  it.effect.each([
    ["seconds without end", { "retry-after": "9".repeat(400) }, 3_600_000],
    ["1e20 seconds", { "retry-after": "1e20" }, 3_600_000],
    ["more than the store holds", { "retry-after": "99999999999999999999" }, 3_600_000],
    ["a date in the year 9999", { "retry-after": "Fri, 31 Dec 9999 23:59:59 GMT" }, 3_600_000],
    [
      "a reset without end",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "9".repeat(400) },
      3_600_000
    ],
    ["a negative number", { "retry-after": "-5" }, 10_000],
    ["a fraction", { "retry-after": "1.5" }, 1_500]
  ] as const)("after %s has an end within the bound, and is settled", ([, headers, wait]) => {
    const { answering, calls, logged, dispatcher } = upstream({ concurrency: 1 })
    answering.headers = headers
    return Effect.gen(function* () {
      const id = yield* store(people(1))
      yield* start(dispatcher)
      yield* settled
      expect((yield* stateOf)?.cooldown).toEqual({
        since: DateTime.makeUnsafe(0),
        until: DateTime.makeUnsafe(wait),
        reason: "MeltingSpot limits the rate (429)"
      })
      expect(yield* untilStatus(id, "pending")).toMatchObject([{ attempts: 0, lastError: "RateLimited" }])
      expect(logged.filter((line) => line.includes("capped"))).toHaveLength(wait === 3_600_000 ? 1 : 0)
      answering.status = 200
      yield* TestClock.adjust(Duration.millis(wait))
      yield* untilStatus(id, "already_invited")
      expect(calls).toEqual([0, wait])
    }).pipe(Effect.provide(layerInbox))
  })

  it.effect("lasts as long as the policy's bound lets it", () => {
    const { answering, dispatcher } = upstream({
      retry: { ...RetryPolicy.standard, maxRetryAfter: Duration.hours(3) }
    })
    answering.headers = { "retry-after": "31536000" }
    return Effect.gen(function* () {
      yield* store(people(1))
      yield* start(dispatcher)
      yield* settled
      expect((yield* stateOf)?.cooldown?.until).toEqual(DateTime.makeUnsafe(3 * 3_600_000))
    }).pipe(Effect.provide(layerInbox))
  })
})

describe("a person who resumes the Spot", () => {
  it.effect("ends a cooldown at once", () => {
    const { answering, dispatcher } = upstream()
    answering.headers = { "retry-after": "3600" }
    return Effect.gen(function* () {
      const id = yield* store(scattered(20))
      yield* start(dispatcher)
      yield* settled
      answering.status = 200
      expect(yield* control.use((control) => control.resume("main"))).toBe(true)
      yield* untilStatus(id, "already_invited")
      expect(yield* stateOf).toMatchObject({ cooldown: null })
      expect(yield* control.use((control) => control.resume("main"))).toBe(false)
    }).pipe(Effect.provide(layerInbox))
  })

  it.effect("closes the circuit, and makes due what was to wait for as long as the upstream asked", () => {
    const { answering, calls, dispatcher } = upstream({ concurrency: 1, batchSize: 1 })
    answering.status = 503
    answering.headers = { "retry-after": "Fri, 31 Dec 9999 23:59:59 GMT" }
    return Effect.gen(function* () {
      const id = yield* store(people(12))
      yield* start(dispatcher)
      yield* settled
      expect(calls).toHaveLength(10)
      const hour = DateTime.makeUnsafe(3_600_000)
      expect((yield* stateOf)?.circuit).toEqual({ since: DateTime.makeUnsafe(0), until: hour })
      const before = yield* untilStatus(id, "pending")
      expect(new Set(before.map(({ dueAt }) => DateTime.toEpochMillis(dueAt)))).toEqual(
        new Set([0, 3_600_000])
      )

      answering.status = 200
      expect(yield* control.use((control) => control.resume("main"))).toBe(true)
      yield* TestClock.adjust("2 seconds")
      yield* untilStatus(id, "already_invited")
      expect(yield* stateOf).toMatchObject({ circuit: null, cooldown: null })
    }).pipe(Effect.provide(layerInbox))
  })
})

describe("an open circuit", () => {
  it.effect("is one warning and one line of its end, however many probes fail", () => {
    const { answering, calls, logged, dispatcher } = upstream({ batchSize: 1 })
    answering.status = 503
    return Effect.gen(function* () {
      yield* store(people(200))
      yield* start(dispatcher)
      yield* settled
      yield* pass("30 minutes", "10 seconds")
      expect(calls.length).toBeGreaterThan(30)
      expect(logged).toEqual(["Spot main: MeltingSpot does not answer, no call for 5s"])
    }).pipe(Effect.provide(layerInbox))
  })
})

describe("what a Spot waits for", () => {
  const limits = {
    per10s: 100,
    per24h: 50_000,
    shares: { live: 0.3, retry: 0.05, replay: 0.05, import: 0.05 }
  }
  const heldBy = Effect.map(stateOf, (state) => Hold.of(state)?.state)

  onEach((test) => {
    test("is stored, counts in the forecast, and is ended by a resume with what waits for its attempt", () =>
      Effect.gen(function* () {
        const spots = yield* control
        yield* store(people(3))
        const [first] = yield* claim(1)
        const inbox = yield* Inbox.Inbox
        if (first === undefined) return expect.fail("nothing was claimed")
        yield* inbox.release(first)
        const refused = {
          isProbe: false,
          requestedWait: Duration.hours(1),
          waitAfter: () => Duration.hours(1)
        }
        expect(yield* spots.refused("main", refused)).toMatchObject({ began: true })
        expect(yield* spots.refused("main", { ...refused, requestedWait: undefined })).toMatchObject({
          began: false
        })
        const until = (yield* stateOf)?.cooldown?.until
        expect(yield* heldBy).toBe("cooldown")
        const forecast = yield* Forecast.of("main", limits, 100)
        expect(forecast.hold).toMatchObject({ state: "cooldown", until })
        expect(forecast.clearAt).toEqual(until)

        yield* spots.setCircuit("main", Duration.hours(2))
        expect(yield* heldBy).toBe("circuit_open")
        expect(yield* spots.isCircuitOpen("main")).toBe(true)
        yield* spots.pause("main", "operator", "for a while")
        expect(yield* heldBy).toBe("paused")
        expect(yield* Forecast.of("main", limits, 100)).toMatchObject({
          hold: { state: "paused", until: null }
        })

        expect(yield* spots.resume("main")).toBe(true)
        expect(yield* stateOf).toMatchObject({ paused: null, cooldown: null, circuit: null })
        expect(yield* claim(10)).toHaveLength(3)
      }))

    test("is probed by one call at a time, and a second one only when the first has told nothing", () =>
      Effect.gen(function* () {
        const spots = yield* control
        yield* store(people(20))
        const inbox = yield* Inbox.Inbox
        const refused = { isProbe: false, requestedWait: undefined, waitAfter: () => Duration.zero }
        yield* spots.refused("main", refused)
        const probe = yield* inbox.claim({ spot: "main", calls: 8, lease: Duration.minutes(2) })
        expect(probe).toMatchObject({ isProbe: true, calls: [{ claims: [{}] }] })
        expect(yield* claim(8)).toEqual([])
        yield* spots.deferProbe("main")
        expect(yield* claim(8)).toHaveLength(1)
        expect(yield* spots.recovered("main")).toEqual({ resumed: false, cooledDown: true })
        expect(yield* claim(8)).toHaveLength(8)
      }))

    test("is not ended by a probe that succeeds after an operator has paused the Spot", () =>
      Effect.gen(function* () {
        const spots = yield* control
        yield* store(people(2))
        yield* spots.pause("main", "upstream", "401")
        yield* spots.pause("main", "operator", "not today")
        expect(yield* spots.recovered("main")).toEqual({ resumed: false, cooledDown: false })
        expect(yield* stateOf).toMatchObject({ paused: { by: "operator", reason: "not today" } })
      }))

    test("leaves parked Lives parked when it is resumed", () =>
      Effect.gen(function* () {
        const spots = yield* control
        const sql = yield* SqlClient.SqlClient
        yield* store(scattered(600))
        yield* sql`UPDATE invitations SET state = 'scheduled', due_at = 3600000`
        yield* spots.park("main", "live-7", DateTime.makeUnsafe(0))
        yield* spots.cooldown("main", Duration.hours(1))
        expect((yield* stateOf)?.cooldown?.reason).toBe("MeltingSpot says that no calls remain")
        yield* spots.resume("main")
        const due = yield* sql<{ live_id: string }>`SELECT live_id FROM invitations WHERE state = 'available'`
        expect(due).toHaveLength(599)
        expect(due.map(({ live_id }) => live_id)).not.toContain("live-7")
      }))

    test("is now where it lies further ahead than any wait, once a relay begins to dispatch", () =>
      Effect.gen(function* () {
        const spots = yield* control
        const sql = yield* SqlClient.SqlClient
        yield* store(scattered(600))
        yield* sql`UPDATE invitations SET state = 'scheduled', due_at = 8640000000000000`
        yield* spots.cooldown("main", Duration.infinity)
        yield* spots.setCircuit("main", Duration.infinity)
        expect(yield* claim(1)).toHaveLength(1)
      }))
  })
})
