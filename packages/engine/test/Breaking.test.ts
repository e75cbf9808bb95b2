/** When the circuit of a Spot opens and closes, and what of it is stored. */
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Layer } from "effect"
import { CircuitBreaker } from "effect/persistence"
import { TestClock } from "effect/testing"
import { InviteError, LiveParticipants } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { type Dispatch, SpotControl, Spots } from "../src/index.ts"
import { breaking } from "../src/internal/breaking.ts"
import { layers } from "./databases.ts"
import { unavailable } from "./dispatching.ts"
import { alice } from "./fixtures.ts"

const rateLimited = new InviteError.RateLimited({ liveId: alice.liveId })
const invited = LiveParticipantsTest.participant(alice)

/** A breaker, and calls of its Spot that end so. */
const scene = Effect.gen(function* () {
  yield* SpotControl.SpotControl.use((control) => control.lead("main"))
  const breaker = yield* breaking
  const spot = Spots.make("main", yield* LiveParticipants.LiveParticipants)
  return {
    breaker,
    spot,
    isClosed: breaker.isClosed("main"),
    isStoredOpen: SpotControl.SpotControl.use((control) => control.isCircuitOpen("main")),
    answer: Effect.fnUntraced(function* (result: Dispatch.Result, times = 1, tellsNothing = false) {
      yield* Effect.replicateEffect(breaker.guard(spot, Effect.succeed([result]), tellsNothing), times)
      // What follows a change of state runs beside the call.
      yield* Effect.replicateEffect(Effect.yieldNow, 100)
    })
  }
})

const isolated = Effect.provide(
  Layer.mergeAll(
    layers["SQLite in memory"],
    LiveParticipantsTest.layerScripted(),
    CircuitBreaker.layerStoreMemory()
  )
)

describe("the circuit of a Spot", () => {
  it.effect("opens after ten calls without an answer, between which a 429 counts for nothing", () =>
    Effect.gen(function* () {
      const { answer, isClosed } = yield* scene
      yield* answer(unavailable, 5)
      yield* answer(rateLimited, 10)
      yield* answer(unavailable, 4)
      expect(yield* isClosed).toBe(true)
      yield* answer(unavailable)
      expect(yield* isClosed).toBe(false)
    }).pipe(Effect.scoped, isolated)
  )

  it.effect("opens after none but ten in a row", () =>
    Effect.gen(function* () {
      const { answer, isClosed } = yield* scene
      yield* answer(unavailable, 9)
      yield* answer(invited)
      yield* answer(unavailable, 9)
      expect(yield* isClosed).toBe(true)
    }).pipe(Effect.scoped, isolated)
  )

  it.effect("stays closed when calls of members under suspicion are not answered, and when they are", () =>
    Effect.gen(function* () {
      const { answer, isClosed } = yield* scene
      yield* answer(unavailable, 20, true)
      expect(yield* isClosed).toBe(true)
      yield* answer(unavailable, 9)
      yield* answer(invited, 1, true)
      yield* answer(unavailable)
      expect(yield* isClosed).toBe(true)
    }).pipe(Effect.scoped, isolated)
  )

  it.effect("is closed by the answer to its probe, and stored as open until then", () =>
    Effect.gen(function* () {
      const { answer, isClosed, isStoredOpen } = yield* scene
      expect(yield* isStoredOpen).toBe(false)
      yield* answer(unavailable, 10)
      expect(yield* isStoredOpen).toBe(true)
      yield* TestClock.adjust("5 seconds")
      yield* answer(rateLimited)
      expect(yield* isClosed).toBe(false)
      yield* answer(invited)
      expect(yield* isClosed).toBe(true)
      expect(yield* isStoredOpen).toBe(false)
    }).pipe(Effect.scoped, isolated)
  )

  it.effect("that an earlier leader stored is forgotten by the next one", () =>
    Effect.gen(function* () {
      const { breaker, spot, isStoredOpen } = yield* scene
      yield* SpotControl.SpotControl.use((control) => control.setCircuit("main", Duration.minutes(1)))
      expect(yield* isStoredOpen).toBe(true)
      yield* breaker.leading(spot)
      expect(yield* isStoredOpen).toBe(false)
    }).pipe(Effect.scoped, isolated)
  )
})
