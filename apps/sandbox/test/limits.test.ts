import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Array, Duration, Effect, Layer, Redacted, Schema } from "effect"
import { TestClock } from "effect/testing"
import { Budget, LiveParticipants } from "@usher/core"
import { Ledger, Limits, Sandbox } from "../src/index.ts"
import { call, layerOf, secretKey, state } from "./harness.ts"

const path = "/v1/lives/live-1/participants"
const three = [{ calls: 3, window: "10 seconds" }] as const

const judge = ({ judge }: Limits.Limits["Service"]) => judge("Owner", (verdict) => verdict)

/** What becomes of calls that come at these milliseconds, in order. */
const outcomes = (options: Limits.Options, times: ReadonlyArray<number>) => {
  const limits = Limits.make(options)
  return Effect.forEach(times, (time) => Effect.andThen(TestClock.setTime(time), judge(limits)))
}

const accepted = (verdicts: ReadonlyArray<Limits.Verdict>) =>
  verdicts.map(({ outcome }) => outcome === "Accepted")

const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

describe("the limits", () => {
  it.effect("let through what fits, and the next when the window has passed since the oldest", () =>
    Effect.gen(function* () {
      const verdicts = yield* outcomes({ limits: three }, [0, 1, 2, 3, 9_999, 10_000, 10_000, 10_001])
      expect(accepted(verdicts)).toEqual([true, true, true, false, false, true, false, true])
    })
  )

  it.effect("count no call that they refuse", () =>
    Effect.gen(function* () {
      const refused = Array.range(1, 9_999)
      const verdicts = yield* outcomes({ limits: three }, [0, 0, 0, ...refused, 10_000, 10_000, 10_000])
      expect(accepted(verdicts).slice(-4)).toEqual([false, true, true, true])
    })
  )

  it.effect("are none unless they are given", () =>
    Effect.gen(function* () {
      expect(accepted(yield* outcomes({}, Array.replicate(0, 1000)))).not.toContain(false)
    })
  )

  it.effect("spend nothing for a stranger, whom they let pass", () =>
    Effect.gen(function* () {
      const limits = Limits.make({ limits: [{ calls: 1, window: "1 second" }] })
      for (const _ of [1, 2, 3]) {
        expect(yield* limits.judge("Stranger", ({ outcome }) => outcome)).toBe("Stranger")
      }
      expect(yield* judge(limits)).toMatchObject({ outcome: "Accepted" })
      expect(yield* judge(limits)).toMatchObject({ outcome: "Refused" })
    })
  )

  it.effect("tell when to come back only if that is asked for, and never too early", () =>
    Effect.gen(function* () {
      const times = [0, 100, 200, 1_500]
      const last = (options: Limits.Options) =>
        Effect.map(outcomes({ limits: three, ...options }, times), (verdicts) => verdicts[3])
      expect(yield* last({})).toEqual({ time: 1_500, outcome: "Refused" })
      expect(yield* Effect.provide(last({ retryAfter: "seconds" }), TestClock.layer())).toMatchObject({
        retryAfter: "9"
      })
      expect(yield* Effect.provide(last({ retryAfter: "date" }), TestClock.layer())).toMatchObject({
        retryAfter: "Thu, 01 Jan 1970 00:00:10 GMT"
      })
    })
  )

  it.effect("pass as much faster as they are told to", () =>
    Effect.gen(function* () {
      const verdicts = yield* outcomes(
        { limits: [{ calls: 1, window: "24 hours" }], speed: 1440, retryAfter: "seconds" },
        [0, 1, 59_999, 60_000]
      )
      expect(verdicts).toMatchObject([
        { outcome: "Accepted" },
        { outcome: "Refused", retryAfter: "60" },
        { outcome: "Refused", retryAfter: "1" },
        { outcome: "Accepted" }
      ])
    })
  )

  it("refuse what would let nothing through", () => {
    expect(() => Limits.make({ limits: [{ calls: 0, window: "1 second" }] })).toThrow("0 calls")
    expect(() => Limits.make({ speed: 0 })).toThrow("speed of 0")
  })

  it.effect.prop(
    "never accept more than fits into any window, and never refuse what would have fitted",
    {
      limits: Arbitrary.schema(
        Schema.NonEmptyArray(
          Schema.Struct({
            calls: between(1, 6),
            window: Schema.Literals(["10 millis", "30 millis", "70 millis"])
          })
        )
      ),
      gaps: Arbitrary.schema(Schema.Array(between(0, 12)))
    },
    ({ limits, gaps }) =>
      Effect.gen(function* () {
        const times = Array.scan(gaps, 0, (time, gap) => time + gap)
        const verdicts = yield* outcomes({ limits }, times)
        const spent = (from: number, to: number, before: number) =>
          verdicts.filter(
            ({ time, outcome }, index) =>
              index < before && outcome === "Accepted" && time > from && time <= to
          ).length
        for (const [index, { time, outcome }] of verdicts.entries()) {
          const full = limits.some(
            ({ calls, window }) => spent(time - Duration.toMillis(window), time, index) >= calls
          )
          expect(outcome).toBe(full ? "Refused" : "Accepted")
        }
        for (const { calls, window } of limits) {
          for (const { time } of verdicts) {
            const most = spent(time - 1, time - 1 + Duration.toMillis(window), verdicts.length)
            expect(most).toBeLessThanOrEqual(calls)
          }
        }
      }).pipe(Effect.provide(TestClock.layer()))
  )
})

describe("a day under a test's clock", () => {
  it.effect("passes in no time: of 80,000 calls that come evenly, the first 50,000 are let through", () =>
    Effect.gen(function* () {
      const limits = Limits.make({ limits: Budget.documented })
      const day = 24 * 60 * 60 * 1000
      const count = Effect.fnUntraced(function* (from: number) {
        let through = 0
        for (const index of Array.range(0, 79_999)) {
          yield* TestClock.setTime(from + Math.floor((index * day) / 80_000))
          if ((yield* judge(limits)).outcome === "Accepted") through++
        }
        return through
      })
      expect(yield* count(0)).toBe(50_000)
      expect(yield* count(day)).toBe(50_000)
    })
  )

  it.effect("passes for the whole sandbox, without a network", () =>
    Effect.gen(function* () {
      const participants = yield* LiveParticipants.make({ secretKey: Redacted.make(secretKey) })
      const ledger = yield* Ledger.Ledger
      // Every hour 300 calls in a burst: the short window lets 100 of them through, the long one 1,000 in a day.
      for (const hour of Array.range(0, 23)) {
        yield* TestClock.setTime(hour * 60 * 60 * 1000)
        yield* Effect.forEach(Array.range(1, 300), (n) =>
          Effect.ignore(participants.invite({ liveId: "live-1", member: `${hour}-${n}@example.com` }))
        )
      }
      expect(yield* ledger.summary).toMatchObject({
        arrived: 7_200,
        busiest10s: 300,
        busiest24h: 7_200,
        accepted: { calls: 1_000, busiest10s: 100, busiest24h: 1_000 },
        refused: 6_200,
        invited: 1_000
      })
      const { participants: all } = yield* ledger.state
      expect(all.at(-1)?.invitedAt?.epochMilliseconds).toBe(9 * 60 * 60 * 1000)
    }).pipe(
      Effect.provide(
        Layer.merge(
          Sandbox.layerHttpClient({
            secretKey: Redacted.make(secretKey),
            limits: [
              { calls: 100, window: "10 seconds" },
              { calls: 1_000, window: "24 hours" }
            ]
          }),
          Budget.layerUnlimited
        )
      )
    )
  )

  it.effect("holds faults, too: a cut connection is one without a network", () =>
    Effect.gen(function* () {
      const participants = yield* LiveParticipants.make({ secretKey: Redacted.make(secretKey) })
      const ledger = yield* Ledger.Ledger
      yield* ledger.setFault({ cut: "after", times: 1 })
      const invitation = { liveId: "live-1", member: "alice@example.com" }
      expect(yield* Effect.flip(participants.invite(invitation))).toMatchObject({
        _tag: "UpstreamUnavailable",
        reason: "Disconnected",
        code: "ECONNRESET",
        mayHaveArrived: true
      })
      expect(yield* Effect.flip(participants.invite(invitation))).toMatchObject({ _tag: "AlreadyInvited" })
      expect((yield* ledger.state).calls.map(({ status }) => status)).toEqual([0, 200])
    }).pipe(
      Effect.provide(
        Layer.merge(Sandbox.layerHttpClient({ secretKey: Redacted.make(secretKey) }), Budget.layerUnlimited)
      )
    )
  )
})

describe("a call over the limit, over a socket", () => {
  it.live("is answered 429 without a Retry-After, meets no fault and never acts", () =>
    Effect.gen(function* () {
      for (const n of [1, 2, 3]) {
        expect((yield* call("POST", path, { member: `${n}@example.com` })).status).toBe(201)
      }
      yield* call("PUT", "/sandbox/fault", { status: 503, times: 1 })
      const refused = yield* call("POST", path, { member: "late@example.com" })
      expect(refused.status).toBe(429)
      expect(refused.headers).not.toHaveProperty("retry-after")
      expect((yield* call("POST", path, {}, { authorization: "another" })).status).toBe(503)
      expect(yield* state).toMatchObject({
        arrived: 5,
        busiest10s: 5,
        accepted: { calls: 3, busiest10s: 3, busiest24h: 3 },
        refused: 1,
        faulty: 1,
        invited: 3
      })
      yield* call("DELETE", "/sandbox")
      expect((yield* call("POST", path, { member: "late@example.com" })).status).toBe(201)
    }).pipe(Effect.provide(layerOf({ limits: three })))
  )

  it.effect("says in seconds when to come back, where that is asked for", () =>
    Effect.gen(function* () {
      for (const _ of [1, 2, 3]) yield* call("GET", path)
      const refused = yield* call("GET", path)
      expect({ status: refused.status, retryAfter: refused.headers["retry-after"] }).toEqual({
        status: 429,
        retryAfter: "10"
      })
    }).pipe(Effect.provide(layerOf({ limits: three, retryAfter: "seconds" })))
  )
})
