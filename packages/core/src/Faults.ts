/**
 * The faults to come of an upstream in memory or in a sandbox.
 */
import { Context, Effect, Layer, Ref, Schema } from "effect"
import type { HttpServerResponse } from "effect/http"
import { type Fault, type FaultInput, isFor, Script } from "./Fault.ts"
import { misbehave } from "./internal/misbehave.ts"
import type { Asked } from "./Operation.ts"

/**
 * The faults to come.
 *
 * @category services
 */
export class Faults extends Context.Service<
  Faults,
  {
    /** Replaces the faults to come. An empty script ends them: the upstream works again. */
    readonly set: (script: ReadonlyArray<Fault>) => Effect.Effect<void>
    /** The first fault that is for this call, if any; takes one off its `times`. */
    readonly next: (call: Asked & { readonly method: string }) => Effect.Effect<Fault | undefined>
    /** The faults to come, with the `times` that they have left. */
    readonly left: Effect.Effect<ReadonlyArray<Fault>>
  }
>()("@usher/core/testing/Faults") {}

/** A misspelt part would be a fault that never shows. */
const decodeScript = Schema.decodeEffect(Script, { onExcessProperty: "error" })

/**
 * Begins with these faults. A script that is not valid is a defect. Default: no faults.
 *
 * @category layers
 */
export const layer = (script: ReadonlyArray<FaultInput> = []): Layer.Layer<Faults> =>
  Layer.effect(
    Faults,
    Effect.gen(function* () {
      const left = yield* Ref.make<ReadonlyArray<Fault>>(yield* Effect.orDie(decodeScript(script)))
      return Faults.of({
        set: (faults) => Ref.set(left, faults),
        next: (call) =>
          Ref.modify(left, (faults) => {
            const index = faults.findIndex((fault) => isFor(fault, call))
            const fault = faults[index]
            if (fault?.times === undefined) return [fault, faults]
            const rest = fault.times === 1 ? [] : [{ ...fault, times: fault.times - 1 }]
            return [fault, faults.toSpliced(index, 1, ...rest)]
          }),
        left: Ref.get(left)
      })
    })
  )

/**
 * What a caller sees whom the fault meets. `act` is what the call asks for, `cut` ends it without an answer. A router's
 * middleware can't be interrupted by itself: while this waits, it can be.
 *
 * @category combinators
 */
export const play: <E, R>(
  fault: Fault,
  act: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  cut: Effect.Effect<never>
) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, R> = misbehave
