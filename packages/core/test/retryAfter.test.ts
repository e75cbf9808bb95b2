/** Every wait that an answer asks for is understood or ignored, and bounded: from the bytes of a header to the error. */
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, identity, Logger, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { Budget, InviteError, LiveParticipants, type MeltingSpotConfig } from "../src/index.ts"

const now = Date.UTC(2026, 0, 1)
const hour = 3_600_000

type Headers = Readonly<Record<string, string>>

/** What each call against an upstream that gives these answers in turn fails with; the waits that hold back all calls; what is logged. */
const inviteAgainst = Effect.fnUntraced(function* (
  answers: ReadonlyArray<readonly [status: number, headers: Headers]>,
  options: Partial<MeltingSpotConfig.Options> = {}
) {
  const rests: Array<readonly [number, Budget.RestReason | undefined]> = []
  const logged: Array<string> = []
  const left = [...answers]
  const client = HttpClient.make((request) =>
    Effect.sync(() => {
      const [status, headers] = left.shift() ?? [500, {}]
      return HttpClientResponse.fromWeb(
        request,
        new Response(status === 204 ? null : "", { status, headers })
      )
    })
  )
  const budget: Budget.Budget = {
    forKey: () => ({
      within: identity,
      rest: (duration, reason) => Effect.sync(() => void rests.push([Duration.toMillis(duration), reason]))
    })
  }
  const { invite } = yield* LiveParticipants.make({ secretKey: Redacted.make("k"), ...options }).pipe(
    Effect.provideService(HttpClient.HttpClient, client),
    Effect.provideService(Budget.Budget, budget)
  )
  const logger = Logger.make(({ message }) => void logged.push(String(message)))
  yield* TestClock.setTime(now)
  const errors = yield* Effect.forEach(answers, () =>
    Effect.flip(invite({ liveId: "live-1", member: "alice@example.com" }))
  ).pipe(Effect.provide(Logger.layer([logger])))
  const waits = errors.map((error) => {
    const wait = InviteError.retryAfter(error)
    return wait === undefined ? undefined : Duration.toMillis(wait)
  })
  return { errors, waits, rests, logged }
})

const longRow = "9".repeat(400)

describe("a Retry-After", () => {
  const forms = [
    ["seconds", "7", 7_000],
    ["zero", "0", 0],
    ["spaces around it", "  7\t", 7_000],
    ["a fraction", "1.5", 1_500],
    ["an IMF-fixdate", "Thu, 01 Jan 2026 00:00:09 GMT", 9_000],
    ["an RFC 850 date", "Thursday, 01-Jan-26 00:00:09 GMT", 9_000],
    ["an asctime date", "Thu Jan  1 00:00:09 2026", 9_000],
    ["a date that has passed", "Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["a year of seconds: capped", "31536000", hour],
    ["the last date: capped", "Fri, 31 Dec 9999 23:59:59 GMT", hour],
    ["more than 2^53: capped", "99999999999999999999", hour],
    ["an exponent: capped", "1e20", hour],
    ["an exponent beyond all numbers: capped", "1e999999", hour],
    ["400 digits: capped", longRow, hour],
    ["8,000 digits: capped", "9".repeat(8_000), hour],
    ["a negative number: ignored", "-5", undefined],
    ["a negative number beyond all numbers: ignored", `-${longRow}`, undefined],
    ["a word: ignored", "later", undefined],
    ["hexadecimal: ignored", "0x10", undefined],
    ["infinity: ignored", "Infinity", undefined],
    ["an ISO date: ignored", "2026-01-01T00:00:09Z", undefined],
    ["two values: ignored", "5, 10", undefined],
    ["a day that is none: ignored", "Thu, 31 Feb 2026 00:00:00 GMT", undefined],
    ["nothing: ignored", " ", undefined]
  ] as const

  it.effect.each(forms.flatMap((form) => [[429, ...form] as const, [503, ...form] as const]))(
    "of a %i with %s",
    ([status, , header, wait]) =>
      Effect.gen(function* () {
        const { waits, errors } = yield* inviteAgainst([[status, { "retry-after": header }]])
        expect(waits).toEqual([wait])
        expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining(`${status}`)])
      })
  )

  it.effect("of any other status asks for nothing", () =>
    Effect.gen(function* () {
      const statuses = [200, 204, 301, 400, 401, 403, 404, 413, 418, 422]
      const { waits, rests } = yield* inviteAgainst(
        statuses.map((status) => [status, { "retry-after": longRow }] as const)
      )
      expect(waits).toEqual(statuses.map(() => undefined))
      expect(rests).toEqual([])
    })
  )

  it.effect("is capped where the option says", () =>
    Effect.gen(function* () {
      const { waits, rests } = yield* inviteAgainst([[429, { "retry-after": "31536000" }]], {
        maxRetryAfter: "2 hours"
      })
      expect(waits).toEqual([2 * hour])
      expect(rests).toEqual([[2 * hour, "Refused"]])
    })
  )

  it.effect("that is capped again and again is logged once", () =>
    Effect.gen(function* () {
      const { logged } = yield* inviteAgainst(
        Array.from({ length: 20 }, (_, at) => [at % 2 === 0 ? 429 : 503, { "retry-after": longRow }] as const)
      )
      expect(logged).toEqual(["MeltingSpot asked to wait for more than 100 years; the wait is capped at 1h"])
    })
  )
})

describe("rate limit headers", () => {
  it.effect.each([
    ["a success", 200, "NoneRemaining"],
    ["a 429, which they say is over later", 429, "Refused"]
  ] as const)("of %s hold back all calls, for no longer than the cap", ([, status, reason]) =>
    Effect.gen(function* () {
      const resets = ["20", longRow, "99999999999999999999"]
      const { rests, waits } = yield* inviteAgainst(
        resets.map((reset) => [status, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }] as const)
      )
      expect(rests).toEqual([20_000, hour, hour].map((millis) => [millis, reason]))
      expect(waits).toEqual(status === 429 ? [20_000, hour, hour] : [undefined, undefined, undefined])
    })
  )
})
