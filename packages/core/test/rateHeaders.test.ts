import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Option, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { Budget, LiveParticipants } from "../src/index.ts"
import { rest } from "../src/internal/rateHeaders.ts"

describe("the rest that an answer asks for", () => {
  const now = 1_700_000_000_000
  it.each([
    ["a 429 with Retry-After in seconds", 429, { "retry-after": "7" }, 7_000],
    ["a 429 with Retry-After as a date", 429, { "retry-after": new Date(now + 9_000).toUTCString() }, 9_000],
    [
      "nothing remains, and it is over in so many seconds",
      201,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "12" },
      12_000
    ],
    [
      "nothing remains before a second of the clock",
      200,
      { "ratelimit-remaining": "0", "ratelimit-reset": "1700000030" },
      30_000
    ],
    ["nothing remains, in the form of the newest draft", 200, { ratelimit: '"default";r=0;t=4' }, 4_000],
    [
      "nothing remains before a millisecond of the clock",
      200,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000030500" },
      30_500
    ],
    [
      "nothing remains, for longer than a number holds",
      200,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "9".repeat(400) },
      Infinity
    ]
  ] as const)("is told by %s", (_, status, headers, millis) => {
    expect(Option.map(rest(status, headers, now), Duration.toMillis)).toEqual(Option.some(millis))
  })

  it.each([
    ["an answer without such headers", 201, {}],
    ["a 503 with Retry-After, which is about this call", 503, { "retry-after": "7" }],
    ["one of which something remains", 201, { "x-ratelimit-remaining": "3", "x-ratelimit-reset": "12" }],
    ["one of which something remains, in the newest form", 201, { ratelimit: '"default";r=40;t=4' }],
    ["a reset that is no number", 201, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon" }],
    ["a Retry-After that is none", 429, { "retry-after": "later" }]
  ] as const)("is not told by %s", (_, status, headers) => {
    expect(rest(status, headers, now)).toEqual(Option.none())
  })
})

describe("a budget in memory", () => {
  it.effect("holds back the next call for as long as the upstream wants", () =>
    Effect.gen(function* () {
      const { invite } = yield* LiveParticipants.LiveParticipants
      const one = { liveId: "live-1", member: "alice@example.com" }
      expect(yield* Effect.flip(invite(one))).toMatchObject({ _tag: "RateLimited" })
      const second = yield* Effect.forkChild(Effect.flip(invite(one)), { startImmediately: true })
      yield* TestClock.adjust("6999 millis")
      expect(second.pollUnsafe()).toBeUndefined()
      yield* TestClock.adjust("1 milli")
      expect(yield* Fiber.join(second)).toMatchObject({ _tag: "RateLimited" })
    }).pipe(
      Effect.provide(
        LiveParticipants.layer({ secretKey: Redacted.make("k") }).pipe(
          Layer.provide(Budget.layerMemory),
          Layer.provide(
            Layer.succeed(
              HttpClient.HttpClient,
              HttpClient.make((request) =>
                Effect.sync(() =>
                  HttpClientResponse.fromWeb(
                    request,
                    new Response("", { status: 429, headers: { "retry-after": "7" } })
                  )
                )
              )
            )
          )
        )
      )
    )
  )
})
