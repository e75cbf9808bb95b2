import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Random } from "effect"
import { TestClock } from "effect/testing"
import { InviteError, type Participant } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { type Dispatch, RetryPolicy } from "../src/index.ts"
import { alice } from "./fixtures.ts"

const policy: RetryPolicy.RetryPolicy = {
  base: Duration.seconds(1),
  cap: Duration.seconds(60),
  maxAttempts: 5,
  maxAge: Duration.hours(1)
}

const claim = (attempt = 1): Dispatch.Claim => ({
  id: "inv_1",
  invitation: alice,
  attempt,
  lane: "live",
  askedAt: DateTime.makeUnsafe(0),
  expiresAt: null,
  lease: "lease-1",
  traceparent: null
})

const { liveId } = alice
const unavailable = new InviteError.UpstreamUnavailable({
  liveId,
  reason: "ServerError",
  status: 503,
  mayHaveArrived: true
})
const seconds = (count: number) => ({ retryAfter: Duration.seconds(count) })

/** The decision, its times in milliseconds from now. */
const decide = Effect.fnUntraced(function* (
  result: Participant.Participant | InviteError.InviteError,
  attempt?: number
) {
  const now = yield* DateTime.now
  const { next, spotRests } = yield* RetryPolicy.decide(policy, claim(attempt), result)
  return {
    ...next,
    ...(next.status === "pending"
      ? { dueAt: DateTime.toEpochMillis(next.dueAt) - now.epochMilliseconds }
      : {}),
    rests: spotRests === undefined ? 0 : Duration.toMillis(spotRests)
  }
})

describe("what an outcome means", () => {
  const minute = 60_000
  const again = { status: "pending", burnt: false }
  it.effect.each([
    ["201", LiveParticipantsTest.participant(alice), { status: "invited", rests: 0 }],
    [
      "201 with a body that does not decode",
      new InviteError.UndecodableAnswer({ liveId, status: 201, issue: "Missing key" }),
      { status: "invited", rests: 0 }
    ],
    ["200", new InviteError.AlreadyInvited({ liveId }), { status: "already_invited", rests: 0 }],
    [
      "400",
      new InviteError.MalformedPayload({ liveId, reason: "Refused" }),
      { status: "rejected", rests: 0 }
    ],
    [
      "401: the Spot rests, no attempt is burnt",
      new InviteError.Unauthorized({ liveId, status: 401 }),
      { ...again, dueAt: minute, rests: minute }
    ],
    [
      "403: the Spot rests, no attempt is burnt",
      new InviteError.Unauthorized({ liveId, status: 403 }),
      { ...again, dueAt: minute, rests: minute }
    ],
    [
      "404: only this Live waits",
      new InviteError.LiveNotFound({ liveId }),
      { status: "pending", burnt: true, rests: 0 }
    ],
    ["413", new InviteError.PayloadTooLarge({ liveId }), { status: "rejected", rests: 0 }],
    ["418", new InviteError.UnexpectedStatus({ liveId, status: 418 }), { status: "rejected", rests: 0 }],
    [
      "429: the Spot rests for its Retry-After, no attempt is burnt",
      new InviteError.RateLimited({ liveId, ...seconds(7) }),
      { ...again, dueAt: 7_000, rests: 7_000 }
    ],
    [
      "429 without Retry-After: the Spot rests for 10 s",
      new InviteError.RateLimited({ liveId }),
      { ...again, dueAt: 10_000, rests: 10_000 }
    ],
    [
      "429 with a Retry-After of zero still rests",
      new InviteError.RateLimited({ liveId, ...seconds(0) }),
      { ...again, dueAt: 1_000, rests: 1_000 }
    ],
    ["503", unavailable, { status: "pending", burnt: true, rests: 0 }],
    [
      "503 with Retry-After: not before it",
      new InviteError.UpstreamUnavailable({ ...unavailable, ...seconds(90) }),
      { status: "pending", burnt: true, dueAt: 90_000, rests: 0 }
    ],
    [
      "a timeout",
      new InviteError.UpstreamUnavailable({ liveId, reason: "Timeout", mayHaveArrived: true }),
      { status: "pending", burnt: true, rests: 0 }
    ]
  ] as const)("%s", ([, result, expected]) =>
    Effect.gen(function* () {
      expect(yield* decide(result)).toMatchObject(expected)
    })
  )
})

describe("an outage", () => {
  it.effect("exhausts the invitation at its last attempt, not before", () =>
    Effect.gen(function* () {
      expect(yield* decide(unavailable, 4)).toMatchObject({ status: "pending" })
      expect(yield* decide(unavailable, 5)).toMatchObject({ status: "exhausted" })
    })
  )

  it.effect("exhausts it when it is too old, not before", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 hour")
      expect(yield* decide(unavailable)).toMatchObject({ status: "pending" })
      yield* TestClock.adjust("1 milli")
      expect(yield* decide(unavailable)).toMatchObject({ status: "exhausted" })
    })
  )

  it.effect("never exhausts what a wrong key or a spent budget holds up", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("2 hours")
      expect(yield* decide(new InviteError.RateLimited({ liveId }), 50)).toMatchObject({ status: "pending" })
      expect(yield* decide(new InviteError.Unauthorized({ liveId, status: 401 }), 50)).toMatchObject({
        status: "pending"
      })
    })
  )
})

describe("backoff", () => {
  it.effect.each([
    [1, 1_000],
    [2, 2_000],
    [4, 8_000],
    [6, 32_000],
    [7, 60_000],
    [2_000, 60_000]
  ] as const)("after attempt %i is spread over all of zero to %i ms", ([attempt, ceiling]) =>
    Effect.gen(function* () {
      const waits = yield* Effect.replicateEffect(RetryPolicy.backoff(policy, attempt), 400).pipe(
        Random.withSeed("backoff")
      )
      const millis = waits.map(Duration.toMillis)
      expect(Math.min(...millis)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...millis)).toBeLessThanOrEqual(ceiling)
      // Full jitter: each tenth of the range gets its share of 40, give or take.
      const tenths = Array.from(
        { length: 10 },
        (_, tenth) => millis.filter((wait) => Math.floor((wait / ceiling) * 10) === tenth).length
      )
      expect(Math.min(...tenths)).toBeGreaterThan(15)
      expect(Math.max(...tenths)).toBeLessThan(70)
    })
  )
})
