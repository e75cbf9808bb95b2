/** The faults to come. */
import { Context, Effect, Layer, Ref } from "effect"
import { type Fault, isFor } from "./Fault.ts"
import type { Asked } from "./Operation.ts"

export class Faults extends Context.Service<
  Faults,
  {
    /** What is to come, in place of what was. */
    readonly set: (script: ReadonlyArray<Fault>) => Effect.Effect<void>
    /** The first fault that is for this call, if any; takes one off its `times`. */
    readonly next: (call: Asked & { readonly method: string }) => Effect.Effect<Fault | undefined>
    readonly left: Effect.Effect<ReadonlyArray<Fault>>
  }
>()("@usher/sandbox/Faults") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const script = yield* Ref.make<ReadonlyArray<Fault>>([])
      return Faults.of({
        set: (faults) => Ref.set(script, faults),
        next: (call) =>
          Ref.modify(script, (faults) => {
            const index = faults.findIndex((fault) => isFor(fault, call))
            const fault = faults[index]
            if (fault?.times === undefined) return [fault, faults]
            const rest = fault.times === 1 ? [] : [{ ...fault, times: fault.times - 1 }]
            return [fault, faults.toSpliced(index, 1, ...rest)]
          }),
        left: Ref.get(script)
      })
    })
  )
}
