/**
 * The ledger of the emulated Spot: its calls, and how often each person was invited.
 */
import { Context, DateTime, Effect, Layer } from "effect"
import { type Fault, Faults, MeltingSpotMemory, type Operation } from "@usher/core/testing"
import * as CallLog from "./CallLog.ts"
import { type Caller, Limits } from "./Limits.ts"
import type { Call, State } from "./State.ts"

const make = Effect.gen(function* () {
  const spot = yield* MeltingSpotMemory.MeltingSpot
  const limits = yield* Limits
  const faults = yield* Faults.Faults
  let book = CallLog.make()
  return {
    /** Judges a call by the limits, and logs it. */
    arrive: (
      call: Pick<Call, "method" | "path" | "traceparent">,
      operation: Operation.Operation,
      caller: Caller
    ) =>
      Effect.flatMap(DateTime.now, (at) =>
        limits.judge(caller, (verdict) => book.write({ ...call, at, status: 0 }, operation, verdict))
      ),
    /** Counts the people that a call invites, new or not. */
    requested: (people: number) => Effect.sync(() => book.requested(people)),
    /** Sets one fault, or none. `Faults` takes a whole script. */
    setFault: (fault: Fault.Fault | undefined) => faults.set(fault === undefined ? [] : [fault]),
    summary: Effect.map(spot.entries, (entries) => book.summary(entries)),
    state: Effect.gen(function* () {
      const entries = yield* spot.entries
      const state: State = {
        ...book.summary(entries),
        ...book.calls(),
        participants: Array.from(
          entries,
          ({ participant: { liveId, spotMemberEmail: member, invitedAt }, ...counts }) => ({
            liveId,
            member,
            ...counts,
            invitedAt
          })
        ),
        faults: yield* faults.left
      }
      return state
    }),
    /** Deletes all calls, their use of the limits, faults and participants. */
    reset: Effect.all(
      [spot.reset, limits.reset, faults.set([]), Effect.sync(() => (book = CallLog.make()))],
      {
        discard: true
      }
    )
  }
})

export class Ledger extends Context.Service<Ledger>()("@usher/sandbox/Ledger", { make }) {
  static readonly layer = Layer.effect(this, this.make)
}
