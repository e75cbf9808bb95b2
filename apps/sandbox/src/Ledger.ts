/**
 * What the sandbox remembers of the emulated Spot: who called how often, and who was invited how often.
 */
import { Context, DateTime, Effect, Layer } from "effect"
import { type Fault, Faults, MeltingSpotMemory, type Operation } from "@usher/core/testing"
import * as Book from "./Book.ts"
import { type Caller, Limits } from "./Limits.ts"
import type { Call, State, Summary } from "./State.ts"

export class Ledger extends Context.Service<
  Ledger,
  {
    /** Judges a call that comes now, and writes it down. */
    readonly arrive: (
      call: Pick<Call, "method" | "path" | "traceparent">,
      operation: Operation.Operation,
      caller: Caller
    ) => Effect.Effect<Book.Arrival>
    /** A call invited so many, new or not. */
    readonly asked: (people: number) => Effect.Effect<void>
    /** The one fault to come, or none. `Faults` takes a whole script. */
    readonly setFault: (fault: Fault.Fault | undefined) => Effect.Effect<void>
    readonly summary: Effect.Effect<Summary>
    readonly state: Effect.Effect<State>
    /** Forgets the calls, what they spent, the faults, and everybody who was invited. */
    readonly reset: Effect.Effect<void>
  }
>()("@usher/sandbox/Ledger") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const spot = yield* MeltingSpotMemory.MeltingSpot
      const limits = yield* Limits
      const faults = yield* Faults.Faults
      let book = Book.make()

      const summary = Effect.map(spot.entries, (entries) => book.summary(entries))
      return Ledger.of({
        arrive: (call, operation, caller) =>
          Effect.flatMap(DateTime.now, (at) =>
            limits.judge(caller, (verdict) => book.write({ ...call, at, status: 0 }, operation, verdict))
          ),
        asked: (people) => Effect.sync(() => book.asked(people)),
        setFault: (fault) => faults.set(fault === undefined ? [] : [fault]),
        summary,
        state: Effect.gen(function* () {
          const entries = yield* spot.entries
          return {
            ...book.summary(entries),
            ...book.calls(),
            participants: Array.from(
              entries,
              ({ participant: { liveId, spotMemberEmail, invitedAt }, ...counts }) => ({
                liveId,
                member: spotMemberEmail,
                ...counts,
                invitedAt
              })
            ),
            faults: yield* faults.left
          }
        }),
        reset: Effect.all(
          [spot.reset, limits.reset, faults.set([]), Effect.sync(() => (book = Book.make()))],
          {
            discard: true
          }
        )
      })
    })
  )
}
