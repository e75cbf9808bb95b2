import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Ref, Scope } from "effect"
import { TestClock } from "effect/testing"
import { groupCommit } from "../../src/runtime/groupCommit.ts"

/** Commits are told what to do by the test, and keep what they were given. */
const scene = Effect.gen(function* () {
  const commits = yield* Ref.make<ReadonlyArray<ReadonlyArray<number>>>([])
  const answer = yield* Ref.make<Effect.Effect<void>>(Effect.void)
  const call = yield* groupCommit(
    (batch: ReadonlyArray<number>) =>
      Ref.update(commits, (all) => [...all, batch]).pipe(
        Effect.andThen(Effect.flatten(Ref.get(answer))),
        Effect.as(batch.map((item) => item * 10))
      ),
    {
      resultOf: Exit.succeed,
      timeout: "2 seconds",
      onTimeout: () => "late" as const,
      max: 100,
      sizeOf: (item) => item
    }
  )
  return {
    commits: Ref.get(commits),
    answerWith: (next: Effect.Effect<void>) => Ref.set(answer, next),
    start: (item: number) => Effect.forkChild(call(item), { startImmediately: true })
  }
})

const late = Exit.fail("late")

describe("before a commit", () => {
  it.effect("those who call turn after turn come along", () =>
    Effect.gen(function* () {
      const { commits, start } = yield* scene
      for (const item of [1, 2, 3]) {
        yield* start(item)
        yield* Effect.yieldNow
      }
      expect(yield* Fiber.join(yield* start(4))).toBe(40)
      expect(yield* commits).toEqual([[1, 2, 3, 4]])
    }).pipe(Effect.scoped)
  )

  it.live("nobody waits without end for others", () =>
    Effect.gen(function* () {
      const { start } = yield* scene
      const first = yield* start(1)
      while (first.pollUnsafe() === undefined) {
        yield* start(0)
        yield* Effect.yieldNow
      }
      expect(yield* Fiber.join(first)).toBe(10)
    }).pipe(Effect.scoped)
  )
})

describe("while the database gives no answer", () => {
  it.effect("a call has waited for two seconds when it is refused, and so has one that came later", () =>
    Effect.gen(function* () {
      const { answerWith, start } = yield* scene
      yield* answerWith(Effect.never)
      const first = yield* start(1)
      yield* TestClock.adjust("1 second")
      const second = yield* start(2)
      yield* TestClock.adjust("999 millis")
      expect(first.pollUnsafe()).toBeUndefined()
      yield* TestClock.adjust("1 millis")
      expect(yield* Fiber.await(first)).toEqual(late)
      expect(second.pollUnsafe()).toBeUndefined()
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.await(second)).toEqual(late)
      yield* TestClock.adjust("5 seconds")
    }).pipe(Effect.scoped)
  )

  it.effect("what was refused is not committed afterwards, and what waits is", () =>
    Effect.gen(function* () {
      const { answerWith, commits, start } = yield* scene
      const answered = yield* Deferred.make<void>()
      yield* answerWith(Deferred.await(answered))
      yield* start(1)
      yield* TestClock.adjust("1 second")
      const refused = yield* start(2)
      yield* TestClock.adjust("2 seconds")
      expect(yield* Fiber.await(refused)).toEqual(late)
      const waits = yield* start(3)
      yield* Deferred.succeed(answered, undefined)
      expect(yield* Fiber.join(waits)).toBe(30)
      expect(yield* commits).toEqual([[1], [3]])
    }).pipe(Effect.scoped)
  )

  it.effect("a commit is given up after five seconds, and the next one is tried", () =>
    Effect.gen(function* () {
      const { answerWith, commits, start } = yield* scene
      const interrupted = yield* Deferred.make<void>()
      yield* answerWith(Effect.onInterrupt(Effect.never, () => Deferred.succeed(interrupted, undefined)))
      yield* start(1)
      yield* TestClock.adjust("5 seconds")
      yield* Deferred.await(interrupted)
      yield* answerWith(Effect.void)
      expect(yield* Fiber.join(yield* start(2))).toBe(20)
      expect(yield* commits).toEqual([[1], [2]])
    }).pipe(Effect.scoped)
  )
})

it.effect("what was called before the scope closes is committed, and nothing after", () =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const call = yield* Scope.provide(
      groupCommit((batch: ReadonlyArray<number>) => Effect.succeed(batch), {
        resultOf: Exit.succeed,
        onTimeout: () => "late"
      }),
      scope
    )
    const before = yield* Effect.forkChild(call(1), { startImmediately: true })
    yield* Scope.close(scope, Exit.void)
    expect(yield* Fiber.join(before)).toBe(1)
    expect(Exit.hasInterrupts(yield* Effect.exit(call(2)))).toBe(true)
  })
)

it.effect("a commit carries as much as it may, and what is more than that goes alone", () =>
  Effect.gen(function* () {
    const { commits, start } = yield* scene
    const calls = yield* Effect.forEach([60, 40, 1, 300, 2, 3], start)
    yield* Effect.forEach(calls, Fiber.join)
    expect(yield* commits).toEqual([[60, 40], [1], [300], [2, 3]])
  }).pipe(Effect.scoped)
)

it.effect("a commit that is slow, and not too slow, is waited for", () =>
  Effect.gen(function* () {
    const { answerWith, start } = yield* scene
    yield* answerWith(Effect.sleep("1900 millis"))
    const call = yield* start(4)
    yield* TestClock.adjust("1900 millis")
    expect(yield* Fiber.join(call)).toBe(40)
  }).pipe(Effect.scoped)
)
