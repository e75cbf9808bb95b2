import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Option, Schema } from "effect"
import { TestClock } from "effect/testing"
import { InviteError } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { type Claiming, RetryPolicy, type Settling } from "../../src/index.ts"
import { alice } from "../fixtures.ts"

const policy: RetryPolicy.RetryPolicy = {
  base: Duration.seconds(1),
  cap: Duration.seconds(60),
  maxAttempts: 5,
  maxAge: Duration.hours(1)
}

const claim = (attempt = 1): Claiming.Claim => ({
  id: "inv_1",
  invitation: alice,
  attempt,
  lane: "live",
  spot: "main",
  source: "form",
  requestedAt: DateTime.makeUnsafe(0),
  receivedAt: DateTime.makeUnsafe(0),
  expiresAt: null,
  maxBatchSize: null,
  leaseToken: "lease-1",
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
  result: Settling.Result,
  { attempt = 1, members = 1, smaller }: Partial<RetryPolicy.Ended> & { readonly attempt?: number } = {}
) {
  const now = yield* DateTime.now
  const { next, spotAction } = RetryPolicy.decide(policy, {
    claim: claim(attempt),
    result,
    members,
    smaller,
    now,
    jitter: 1
  })
  return {
    ...next,
    ...(next.status === "pending" ? { wait: next.dueAt.epochMilliseconds - now.epochMilliseconds } : {}),
    spotAction
  }
})

const again = { status: "pending", countsAsAttempt: false, wait: 0, spotAction: undefined }
const cooldown = (asked?: Duration.Input) => ({
  ...again,
  spotAction: {
    _tag: "Cooldown",
    requestedWait: asked === undefined ? undefined : Duration.fromInputUnsafe(asked)
  }
})
const pauses = { ...again, spotAction: { _tag: "Pause", reason: expect.stringContaining("the secret key") } }
const malformed = new InviteError.MalformedPayload({ liveId, reason: "Refused" })
const teapot = new InviteError.UnexpectedStatus({ liveId, status: 418 })
const undecodable = new InviteError.UndecodableAnswer({ liveId, status: 201, issue: "Missing key" })

describe("what an outcome means", () => {
  it.effect.each([
    ["201", LiveParticipantsTest.participant(alice), { status: "invited", spotAction: undefined }],
    ["201 with a body that does not decode", undecodable, { status: "invited", spotAction: undefined }],
    ["200", new InviteError.AlreadyInvited({ liveId }), { status: "already_invited", spotAction: undefined }],
    ["400", malformed, { status: "rejected", spotAction: undefined }],
    [
      "401: the Spot is paused, no attempt is burnt",
      new InviteError.Unauthorized({ liveId, status: 401 }),
      pauses
    ],
    [
      "403: the Spot is paused, no attempt is burnt",
      new InviteError.Unauthorized({ liveId, status: 403 }),
      pauses
    ],
    [
      "404: the Live is parked, no attempt is burnt",
      new InviteError.LiveNotFound({ liveId }),
      { ...again, spotAction: { _tag: "ParkLive", liveId } }
    ],
    ["413", new InviteError.PayloadTooLarge({ liveId }), { status: "rejected", spotAction: undefined }],
    ["418", teapot, { status: "rejected", spotAction: undefined }],
    [
      "429: a cooldown of its Retry-After, no attempt is burnt",
      new InviteError.RateLimited({ liveId, ...seconds(7) }),
      cooldown("7 seconds")
    ],
    ["429 without Retry-After: a cooldown", new InviteError.RateLimited({ liveId }), cooldown()],
    [
      "429 with a Retry-After of a year: a cooldown of an hour at most",
      new InviteError.RateLimited({ liveId, retryAfter: Duration.days(365) }),
      cooldown("1 hour")
    ],
    ["503", unavailable, { status: "pending", countsAsAttempt: true, wait: 1_000, spotAction: undefined }],
    [
      "503 with Retry-After: not before it",
      new InviteError.UpstreamUnavailable({ ...unavailable, ...seconds(90) }),
      { status: "pending", countsAsAttempt: true, wait: 90_000 }
    ],
    [
      "503 with a Retry-After without end: an hour at most",
      new InviteError.UpstreamUnavailable({ ...unavailable, retryAfter: Duration.infinity }),
      { status: "pending", countsAsAttempt: true, wait: 3_600_000 }
    ],
    [
      "a timeout",
      new InviteError.UpstreamUnavailable({ liveId, reason: "Timeout", mayHaveArrived: true }),
      { status: "pending", countsAsAttempt: true }
    ]
  ] as const)("%s", ([, result, expected]) =>
    Effect.gen(function* () {
      expect(yield* decide(result)).toMatchObject(expected)
    })
  )
})

describe("what the outcome of a call for seven means for one of them", () => {
  const halves = { ...again, maxBatchSize: 4 }
  it.effect.each([
    ["the answer names them", LiveParticipantsTest.participant(alice), { status: "invited" }],
    ["the answer does not name them: a call of their own tells", "Unlisted", { ...again, maxBatchSize: 1 }],
    ["400: somebody among them is refused, so they go in halves", malformed, halves],
    ["418: in halves", teapot, halves],
    [
      "413: in halves; so few are rather refused for one of them",
      new InviteError.PayloadTooLarge({ liveId }),
      halves
    ],
    [
      "503: all of them later, together",
      unavailable,
      { status: "pending", countsAsAttempt: true, wait: 1_000 }
    ]
  ] as const)("%s", ([, result, expected]) =>
    Effect.gen(function* () {
      expect(yield* decide(result, { members: 7 })).toMatchObject(expected)
    })
  )
})

it.effect("a 413 to a call for thirty halves all later ones", () =>
  Effect.gen(function* () {
    const tooLarge = new InviteError.PayloadTooLarge({ liveId })
    expect(yield* decide(tooLarge, { members: 30 })).toMatchObject({
      ...again,
      maxBatchSize: 15,
      spotAction: { _tag: "ReduceBatch", members: 15 }
    })
  })
)

it.effect("a 413 leaves all later calls at least ten members, and halves the call itself down to one", () =>
  Effect.gen(function* () {
    const tooLarge = new InviteError.PayloadTooLarge({ liveId })
    const shrinks = Effect.fnUntraced(function* (members: number) {
      const { spotAction } = yield* decide(tooLarge, { members })
      return spotAction?._tag === "ReduceBatch" ? spotAction.members : undefined
    })
    expect(yield* shrinks(20)).toBe(10)
    expect(yield* shrinks(19)).toBe(10)
    expect(yield* shrinks(18)).toBe(undefined)
    for (const refused of [tooLarge, malformed]) {
      expect(yield* decide(refused, { members: 2 })).toMatchObject({ status: "pending", maxBatchSize: 1 })
      expect(yield* decide(refused, { members: 1 })).toMatchObject({ status: "rejected" })
    }
  })
)

describe("a policy", () => {
  const isValid = (maxAttempts: number) =>
    Option.isSome(
      Schema.decodeOption(RetryPolicy.RetryPolicy)({
        base: "1 second",
        cap: "1 hour",
        maxAttempts,
        maxAge: "3 days"
      })
    )

  it("makes at least one attempt", () => {
    expect([0, 1, 2].map(isValid)).toEqual([false, true, true])
  })

  it("waits at most an hour, and gives up after 100 attempts or three days, by default", () => {
    const { cap, maxAttempts, maxAge } = RetryPolicy.standard
    expect([Duration.toHours(cap), maxAttempts, Duration.toDays(maxAge)]).toEqual([1, 100, 3])
  })
})

describe("after a call for many that was not answered", () => {
  it.effect("smaller calls are made at once, and burn no attempt, not even the last", () =>
    Effect.gen(function* () {
      const smaller = { maxBatchSize: 25, when: "AtOnce" } as const
      for (const attempt of [1, 5]) {
        expect(yield* decide(unavailable, { attempt, smaller })).toEqual({
          ...again,
          dueAt: expect.anything(),
          maxBatchSize: 25
        })
      }
      const asking = new InviteError.UpstreamUnavailable({ ...unavailable, ...seconds(90) })
      expect(yield* decide(asking, { smaller })).toMatchObject({ wait: 90_000, countsAsAttempt: false })
    })
  )

  it.effect("it is kept apart with its backoff, and spared while another may be to blame", () =>
    Effect.gen(function* () {
      const smaller = { maxBatchSize: 100, when: "AfterBackoff", spares: true } as const
      const apart = { status: "pending", maxBatchSize: 100 }
      expect(yield* decide(unavailable, { smaller })).toMatchObject({
        ...apart,
        countsAsAttempt: true,
        wait: 1_000
      })
      expect(yield* decide(unavailable, { attempt: 5, smaller })).toMatchObject({
        ...apart,
        countsAsAttempt: false
      })
      expect(
        yield* decide(unavailable, { attempt: 5, smaller: { ...smaller, spares: false } })
      ).toMatchObject({
        status: "exhausted"
      })
    })
  )
})

describe("an outage", () => {
  it.effect("exhausts the invitation at its last attempt, not before", () =>
    Effect.gen(function* () {
      expect(yield* decide(unavailable, { attempt: 4 })).toMatchObject({ status: "pending" })
      expect(yield* decide(unavailable, { attempt: 5 })).toMatchObject({ status: "exhausted" })
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
      expect(yield* decide(new InviteError.RateLimited({ liveId }), { attempt: 50 })).toMatchObject({
        status: "pending"
      })
      expect(
        yield* decide(new InviteError.Unauthorized({ liveId, status: 401 }), { attempt: 50 })
      ).toMatchObject({
        status: "pending"
      })
    })
  )
})

describe("a cooldown", () => {
  const seconds = (refusals: number, asked?: Duration.Input, options?: Partial<RetryPolicy.RetryPolicy>) =>
    Duration.toSeconds(
      RetryPolicy.cooldown(
        { ...policy, ...options },
        refusals,
        asked === undefined ? undefined : Duration.fromInputUnsafe(asked)
      )
    )

  it("lasts 10 s after a 429 without Retry-After, and doubles with each probe that is refused, up to 10 minutes", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 1_000].map((refusals) => seconds(refusals))).toEqual([
      10, 20, 40, 80, 160, 320, 600, 600, 600
    ])
  })

  it("lasts as long as the upstream asks, and never shorter than it lasts by itself once a probe is refused", () => {
    expect([1, 2, 3, 8].map((refusals) => seconds(refusals, "30 seconds"))).toEqual([30, 30, 40, 600])
    expect([1, 2].map((refusals) => seconds(refusals, "5 seconds"))).toEqual([5, 20])
    expect([1, 2, 8].map((refusals) => seconds(refusals, "15 minutes"))).toEqual([900, 900, 900])
  })

  it("lasts between a second and the policy's bound, whatever is asked", () => {
    expect([0, -5, 0.2].map((asked) => seconds(1, Duration.seconds(asked)))).toEqual([1, 1, 1])
    expect(seconds(1, Duration.infinity)).toBe(3_600)
    expect(seconds(1, "365 days", { maxRetryAfter: Duration.hours(2) })).toBe(7_200)
    expect(
      [1, 8].map((refusals) => seconds(refusals, undefined, { maxRetryAfter: Duration.seconds(15) }))
    ).toEqual([10, 15])
  })
})

describe("backoff", () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [4, 8_000],
    [6, 32_000],
    [7, 60_000],
    [2_000, 60_000]
  ] as const)("after attempt %i is any share of %i ms that chance gives", (attempt, ceiling) => {
    const shares = [0, 0.25, 0.5, 1].map((chance) =>
      Duration.toMillis(RetryPolicy.backoff(policy, attempt, chance))
    )
    expect(shares).toEqual([0, ceiling / 4, ceiling / 2, ceiling])
  })
})
