import { expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Scheduler } from "effect"
import { GivingWay } from "../src/internal/givingWay.ts"
import { slicing } from "../src/internal/slicing.ts"
import { performance } from "node:perf_hooks"

/** Two that are started one after the other, and whether the second began while the first was at work. */
const overlap = (before: Effect.Effect<void>, behind: GivingWay["behind"]) =>
  Effect.gen(function* () {
    const [begun, free] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
    const start = (transaction: Effect.Effect<void>) =>
      Effect.forkChild(Effect.andThen(before, behind(transaction)), { startImmediately: true })
    const first = yield* start(Deferred.await(free))
    const second = yield* start(Deferred.succeed(begun, undefined).pipe(Effect.asVoid))
    const isBegun = yield* Deferred.isDone(begun)
    yield* Deferred.succeed(free, undefined)
    yield* Fiber.joinAll([first, second])
    return isBegun
  })

it.effect("while many deliveries come in, what can wait goes one by one", () =>
  Effect.gen(function* () {
    const { behind, delivered } = yield* GivingWay
    const many = Effect.replicateEffect(delivered, 10, { discard: true })
    expect(yield* overlap(many, behind)).toBe(false)
  })
)

it.live("when few come in, it goes at once", () =>
  Effect.gen(function* () {
    const { behind, delivered, isBusy } = yield* GivingWay
    yield* Effect.sleep("20 millis").pipe(Effect.repeat({ while: isBusy }))
    expect(yield* overlap(delivered, behind)).toBe(true)
  })
)

/** In how many turns of the event loop ten fibers are done that are each at work for longer than a slice. */
const turnsOfTen = (isNeeded: boolean) =>
  Effect.gen(function* () {
    let [turns, isCounting] = [0, true]
    const count = () => {
      turns++
      if (isCounting) setImmediate(count)
    }
    setImmediate(count)
    const work = Effect.sync(() => {
      const end = performance.now() + 1.1
      while (performance.now() < end);
    })
    yield* Effect.forEach(Array.from({ length: 10 }), () => Effect.andThen(Effect.yieldNow, work), {
      concurrency: "unbounded",
      discard: true
    }).pipe(
      Effect.provideService(
        Scheduler.Scheduler,
        slicing(() => isNeeded)
      )
    )
    isCounting = false
    return turns
  })

it.live("in slices the event loop has a turn after each millisecond", () =>
  Effect.gen(function* () {
    expect(yield* turnsOfTen(true)).toBeGreaterThanOrEqual(9)
    expect(yield* turnsOfTen(false)).toBeLessThanOrEqual(4)
  })
)
