/** Retrying as people write it: with getters, guards, the schedule that is shipped, and around each call of a batch. */
import { describe, expect, it } from "@effect/vitest"
import { Cause, Clock, Context, Data, Duration, Effect, Fiber, Layer, Schedule, Schema, Stream } from "effect"
import { TestClock } from "effect/testing"
import { InviteError, InviteResult, LiveParticipants, Retry } from "../src/index.ts"
import { LiveParticipantsTest } from "../src/testing.ts"
import { recorded } from "./recorded.ts"

const liveId = "live-1"
const invitation = { liveId, member: "alice@example.com" }
const limited = new InviteError.RateLimited({ liveId, retryAfter: Duration.seconds(40) })
const down = new InviteError.UpstreamUnavailable({ liveId, reason: "ServerError", mayHaveArrived: true })
const refused = new InviteError.Unauthorized({ liveId, status: 401 })

class DbError extends Data.TaggedError("DbError")<{ readonly isRetryable: boolean }> {}

const signUp: Effect.Effect<void, DbError | InviteError.InviteError, LiveParticipants.LiveParticipants> =
  LiveParticipants.LiveParticipants.use(({ invite }) => Effect.asVoid(invite(invitation)))

/** Times of the attempts in milliseconds, and how the last ended. */
const attempts = Effect.fnUntraced(function* <A>(
  retried: (
    call: Effect.Effect<void, DbError | InviteError.InviteError, LiveParticipants.LiveParticipants>
  ) => Effect.Effect<A, DbError | InviteError.InviteError, LiveParticipants.LiveParticipants>
) {
  const times: Array<number> = []
  const timed = Effect.andThen(
    Effect.map(Clock.currentTimeMillis, (now) => times.push(now)),
    signUp
  )
  const fiber = yield* Effect.forkChild(Effect.exit(retried(timed)))
  yield* TestClock.adjust("1 hour")
  return { times, exit: yield* Fiber.join(fiber) }
})

const answering = (...errors: ReadonlyArray<InviteError.InviteError>) =>
  Effect.provide(LiveParticipantsTest.layerScripted(...errors.map(LiveParticipantsTest.fails)))

describe("an error", () => {
  it.effect.prop("says by getters what the functions say", [InviteError.InviteError], ([error]) =>
    Effect.sync(() => {
      expect(error.isRetryable).toBe(InviteError.isRetryable(error))
      expect(error.retryAfter).toEqual(InviteError.retryAfter(error))
      expect(Object.keys(error)).not.toContain("isRetryable")
    })
  )

  it.each([
    undefined,
    null,
    "RateLimited",
    new Error("no"),
    { _tag: "RateLimited" },
    new DbError({ isRetryable: true })
  ])("of somebody else's is not retryable: %s", (error) => {
    expect(InviteError.isRetryable(error)).toBe(false)
    expect(InviteError.retryAfter(error)).toBeUndefined()
  })

  it("has an identifier of its own beside the common tag", () => {
    for (const member of InviteError.InviteError.members) {
      const { $ref } = Schema.toJsonSchemaDocument(member).schema
      expect($ref).toContain("usher")
      expect(member.identifier).toMatch(/^@usher\/core\/[A-Z]\w+$/)
    }
    expect(refused._tag).toBe("Unauthorized")
  })

  it.effect("is retried beside errors of the program's own", () =>
    Effect.gen(function* () {
      const byFunction = yield* attempts(Effect.retry({ while: InviteError.isRetryable, times: 3 }))
      expect(byFunction.times).toHaveLength(2)
      const byGetter = yield* attempts(Effect.retry({ while: (error) => error.isRetryable, times: 3 }))
      expect(byGetter.exit._tag).toBe("Success")
    }).pipe(answering(down))
  )
})

describe("the schedule", () => {
  it.effect("backs off, and stops after so many retries", () =>
    Effect.gen(function* () {
      const { times, exit } = yield* attempts(
        Effect.retry(Retry.schedule({ times: 4, maxDelay: "1 second" }))
      )
      const gaps = times.slice(1).map((time, before) => time - (times[before] ?? 0))
      expect(exit._tag).toBe("Failure")
      // With its jitter, no delay exceeds `maxDelay`.
      ;[250, 500, 1_000 / 1.2, 1_000 / 1.2].forEach((delay, n) => {
        expect(gaps[n]).toBeGreaterThanOrEqual(delay * 0.8 - 1)
        expect(gaps[n]).toBeLessThanOrEqual(delay * 1.2 + 1)
      })
      expect(gaps).toHaveLength(4)
    }).pipe(answering(...Array.from({ length: 9 }, () => down)))
  )

  it.effect("never comes back earlier than the upstream asks", () =>
    Effect.gen(function* () {
      const { times } = yield* attempts(Effect.retry(Retry.schedule()))
      expect(times).toEqual([0, 40_000])
    }).pipe(answering(limited))
  )

  it.effect("leaves alone what a retry can't mend, and retries what the program says", () =>
    Effect.gen(function* () {
      expect((yield* attempts(Effect.retry(Retry.schedule()))).times).toHaveLength(1)
      const { times } = yield* attempts(Effect.retry(Retry.schedule({ while: () => true, times: 1 })))
      expect(times).toHaveLength(2)
    }).pipe(answering(refused, refused))
  )

  it.effect("begins no retry after its duration", () =>
    Effect.gen(function* () {
      const { times } = yield* attempts(Effect.retry(Retry.schedule({ times: 50, duration: "10 seconds" })))
      expect(times.at(-1)).toBeLessThanOrEqual(10_000)
    }).pipe(answering(...Array.from({ length: 50 }, () => down)))
  )

  it.each([
    ["times", { times: -1 }],
    ["times", { times: 1.5 }],
    ["base", { base: 0 }],
    ["maxDelay", { maxDelay: "-1 seconds" }],
    ["duration", { duration: Number.NaN }]
  ] satisfies ReadonlyArray<readonly [string, Retry.Options]>)(
    "names an option out of range: %s",
    (name, options) => {
      expect(() => Retry.schedule(options)).toThrow(`"${name}" is `)
    }
  )
})

describe("perCall", () => {
  class Meter extends Context.Service<Meter, { readonly tick: Effect.Effect<void> }>()("test/Meter") {}

  const batch = {
    liveId,
    members: ["alice@example.com", "bob@example.com", "carol@example.com"],
    chunkSize: 2
  }

  it.effect("may need services", () =>
    Effect.gen(function* () {
      const { participants } = yield* recorded
      let ticks = 0
      const results = yield* participants
        .inviteMany({ ...batch, perCall: (call) => Effect.tap(call, () => Meter.use(({ tick }) => tick)) })
        .pipe(Stream.runCollect, Effect.provideService(Meter, { tick: Effect.sync(() => void ticks++) }))
      expect(results.map(({ _tag }) => _tag)).toEqual(["Invited", "Invited", "Invited"])
      expect(ticks).toBe(2)
    })
  )

  it.effect("may end the batch with an error of its own, after the results before it", () =>
    Effect.gen(function* () {
      const { participants } = yield* recorded
      const results: Array<string> = []
      let calls = 0
      const own = new DbError({ isRetryable: false })
      const error: DbError | LiveParticipants.BatchError = yield* participants
        .inviteMany({
          ...batch,
          perCall: (call) =>
            Effect.andThen(
              Effect.suspend(() => (++calls === 2 ? Effect.fail(own) : Effect.void)),
              call
            )
        })
        .pipe(
          Stream.runForEach(({ member }) => Effect.sync(() => results.push(member))),
          Effect.flip
        )
      expect(error).toBe(own)
      expect(results).toEqual(["alice@example.com", "bob@example.com"])
    })
  )

  it.effect("may limit the time of a call, which then was not answered", () =>
    Effect.gen(function* () {
      const { inviteMany } = yield* LiveParticipants.LiveParticipants
      const stream: Stream.Stream<InviteResult.InviteResult, LiveParticipants.BatchError> = inviteMany({
        ...batch,
        perCall: Effect.timeout("5 seconds")
      })
      const fiber = yield* Effect.forkChild(Effect.flip(Stream.runDrain(stream)))
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "UpstreamUnavailable", reason: "Timeout" })
    }).pipe(
      Effect.provide(LiveParticipantsTest.layerScripted(...LiveParticipantsTest.times(3, () => Effect.never)))
    )
  )

  it.effect("of batching may do both", () =>
    Effect.gen(function* () {
      const { invite } = yield* LiveParticipants.LiveParticipants
      const fiber = yield* Effect.forkChild(Effect.flip(invite(invitation)))
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "UpstreamUnavailable", reason: "Timeout" })
    }).pipe(
      Effect.provide(
        LiveParticipants.layerBatched({
          perCall: (call) =>
            call.pipe(
              Effect.tap(() => Meter.use(({ tick }) => tick)),
              Effect.timeout("5 seconds")
            )
        }).pipe(
          Layer.provide(LiveParticipantsTest.layerScripted(() => Effect.never)),
          Layer.provide(Layer.succeed(Meter, { tick: Effect.void }))
        )
      )
    )
  )

  it.effect("keeps the tags of errors that a schedule of the program's own has seen", () =>
    Effect.gen(function* () {
      const { inviteMany } = yield* LiveParticipants.LiveParticipants
      const seen: Array<string> = []
      const schedule = Schedule.recurs(1).pipe(
        Schedule.setInputType<InviteError.InviteError | Cause.TimeoutError>(),
        Schedule.tap(({ input }) => Effect.sync(() => void seen.push(input._tag)))
      )
      const results = inviteMany({
        liveId,
        members: ["alice@example.com"],
        perCall: (call) => call.pipe(Effect.timeout("5 seconds"), Effect.retry(schedule))
      })
      expect((yield* Stream.runCollect(results)).map(({ _tag }) => _tag)).toEqual(["Invited"])
      expect(seen).toEqual(["UpstreamUnavailable"])
    }).pipe(answering(down))
  )
})
