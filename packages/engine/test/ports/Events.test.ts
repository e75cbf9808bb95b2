import { expect, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { Events } from "../../src/index.ts"

const changed = { type: "changed", what: "everything" } as const

const listening = Effect.gen(function* () {
  const events = yield* Events.Events
  const heard = yield* Effect.forkChild(Stream.runCollect(Stream.take(events.all, 1)), {
    startImmediately: true
  })
  let made = 0
  yield* events.emit(() => {
    made++
    return [changed]
  })
  return { heard, made }
})

it.effect("layer emits to whoever listens", () =>
  Effect.gen(function* () {
    const { heard, made } = yield* listening
    expect(yield* Fiber.join(heard)).toEqual([changed])
    expect(made).toBe(1)
  }).pipe(Effect.provide(Events.layer))
)

it.effect("layerNone makes no event, even for a listener", () =>
  Effect.gen(function* () {
    const { heard, made } = yield* listening
    expect(made).toBe(0)
    expect(heard.pollUnsafe()).toBeUndefined()
  }).pipe(Effect.provide(Events.layerNone))
)
