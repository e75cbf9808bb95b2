import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Fiber, Logger, Ref } from "effect"
import { TestClock } from "effect/testing"
import { Inbox, Troubles } from "../../src/index.ts"
import * as repeats from "../../src/receive/repeats.ts"
import { supervise } from "../../src/runtime/supervise.ts"

const refused = new Inbox.InboxUnavailable({ cause: new Error("connect ECONNREFUSED 127.0.0.1:5432") })

/** Runs a test with no trouble yet, and the lines that it logs. */
const logging = <A, E, R>(test: (lines: ReadonlyArray<string>) => Effect.Effect<A, E, R>) => {
  const lines: Array<string> = []
  const logger = Logger.make(({ logLevel, message, cause }) => {
    lines.push(`${logLevel} ${String(message)}${cause.reasons.length === 0 ? "" : " with a stack"}`)
  })
  return test(lines).pipe(
    Effect.provideService(Troubles.Troubles, Troubles.make()),
    Effect.provide(Logger.layer([logger]))
  )
}

describe("loops that fail for one cause", () => {
  it.effect("have one line when it begins, one a minute while it lasts, and one when it is over", () =>
    logging((lines) =>
      Effect.gen(function* () {
        const isDown = yield* Ref.make(true)
        const step = Effect.flatMap(Ref.get(isDown), (down) =>
          down ? Effect.fail(refused) : Effect.sleep("1 second")
        )
        const names = ["Mapper", "Gauges", "Election of leaders"]
        const loops = yield* Effect.forEach(names, (name) => Effect.forkChild(supervise(name, step)))
        yield* TestClock.adjust("59 seconds")
        const down = "Error The database can't be used: connect ECONNREFUSED 127.0.0.1:5432"
        expect(lines).toEqual([down])
        yield* TestClock.adjust("2 minutes")
        expect(lines).toEqual([down, `${down}, still`, `${down}, still`])
        yield* Ref.set(isDown, false)
        yield* TestClock.adjust("10 seconds")
        expect(lines.slice(3)).toEqual(["Info The database can be used again"])
        yield* TestClock.adjust("1 hour")
        expect(lines).toHaveLength(4)
        yield* Effect.forEach(loops, Fiber.interrupt)
      })
    )
  )

  it.effect("try again after 5 seconds at the most", () =>
    logging(() =>
      Effect.gen(function* () {
        const tries = yield* Ref.make(0)
        const step = Effect.andThen(
          Ref.update(tries, (count) => count + 1),
          Effect.fail(refused)
        )
        const loop = yield* Effect.forkChild(supervise("Mapper", step))
        yield* TestClock.adjust("10 minutes")
        expect(yield* Ref.get(tries)).toBeGreaterThanOrEqual(600 / 5)
        expect(yield* Ref.get(tries)).toBeLessThan(600 / 2.5 + 5)
        yield* Fiber.interrupt(loop)
      })
    )
  )

  it.effect("that begin and end again and again have a few lines a minute", () =>
    logging((lines) =>
      Effect.gen(function* () {
        const count = yield* Ref.make(0)
        const step = Effect.flatMap(
          Ref.getAndUpdate(count, (count) => count + 1),
          (count) => (count % 2 === 0 ? Effect.fail(refused) : Effect.void)
        )
        const loop = yield* Effect.forkChild(supervise("Mapper", step))
        yield* TestClock.adjust("10 minutes")
        expect(lines.length).toBeGreaterThan(10)
        expect(lines.length).toBeLessThanOrEqual(80)
        yield* Fiber.interrupt(loop)
      })
    )
  )

  it.effect("has a stack for a fault of the program alone, and once", () =>
    logging((lines) =>
      Effect.gen(function* () {
        const { failed } = yield* Troubles.Troubles
        const fault = Troubles.ofCause("Mapper", Cause.die(new Error("a fault")))
        yield* failed(fault)
        yield* failed(fault)
        yield* failed(Troubles.ofCause("Gauges", Cause.fail(new Error("two\nlines"))))
        expect(lines).toEqual([
          "Error Mapper failed, retrying: a fault with a stack",
          "Error Gauges failed, retrying: two lines"
        ])
      })
    )
  )

  it.effect("is over when what is left of it has not been tried for a minute", () =>
    logging((lines) =>
      Effect.gen(function* () {
        const { failed, worked } = yield* Troubles.Troubles
        yield* failed(Troubles.ofCause("Storing webhooks", Cause.fail(refused)))
        yield* failed(Troubles.ofCause("Gauges", Cause.fail(refused)))
        yield* worked("Gauges")
        expect(lines).toHaveLength(1)
        yield* TestClock.adjust("1 minute")
        yield* failed(Troubles.ofCause("Gauges", Cause.fail(refused)))
        yield* worked("Gauges")
        expect(lines.at(-1)).toBe("Info The database can be used again")
      })
    )
  )
})

it.effect("upkeep that comes in an hour keeps no trouble open, which ends once the loops work", () =>
  logging((lines) =>
    Effect.gen(function* () {
      const { failed, worked } = yield* Troubles.Troubles
      yield* Troubles.attempt("Removing old counts", Effect.fail(refused))
      yield* failed(Troubles.ofCause("Gauges", Cause.fail(refused)))
      yield* failed(Troubles.ofCause("Mapper", Cause.fail(refused)))
      yield* worked("Gauges")
      expect(lines).toHaveLength(1)
      yield* worked("Mapper")
      expect(lines.slice(1)).toEqual(["Info The database can be used again"])
    })
  )
)

it.effect(
  "a request that nobody repeats keeps a trouble open for a minute, and what works next ends it",
  () =>
    logging((lines) =>
      Effect.gen(function* () {
        const { failed, worked } = yield* Troubles.Troubles
        yield* failed(Troubles.ofCause("Gauges", Cause.fail(refused)))
        yield* failed(Troubles.ofCause("Storing webhooks", Cause.fail(refused)))
        yield* worked("Gauges")
        yield* TestClock.adjust("59 seconds")
        yield* worked("Gauges")
        expect(lines).toHaveLength(1)
        yield* TestClock.adjust("1 second")
        yield* worked("exporting traces")
        expect(lines).toHaveLength(1)
        yield* worked("Gauges")
        expect(lines.slice(1)).toEqual(["Info The database can be used again"])
      })
    )
)

it("refusals alike have one line, and then one a minute that counts them", () => {
  const count = repeats.make()
  expect([count("form TooOld", 0), count("form TooOld", 1), count("form Unsigned", 2)]).toEqual([1, 0, 1])
  expect([count("form TooOld", 59_999), count("form TooOld", 60_000)]).toEqual([0, 3])
  expect(count("form TooOld", 60_001)).toBe(0)
})
