/**
 * What the sandbox remembers of the emulated Spot: every call, who was invited how often, and the faults it was told
 * to show.
 */
import { Context, DateTime, Effect, Layer, Ref, Schema } from "effect"
import { MeltingSpotMemory } from "@usher/core/testing"

/** One call to the API, oldest first. It holds no key. */
export const Call = Schema.Struct({
  at: Schema.DateTimeUtcFromString,
  method: Schema.String,
  path: Schema.String,
  status: Schema.Int,
  traceparent: Schema.NullOr(Schema.String)
})

const { participant: _, ...counts } = MeltingSpotMemory.Entry.fields

/** How often one member was asked for at one Live: `created` counts the 201s, `repeated` the 200s. */
export const Entry = Schema.Struct({ liveId: Schema.String, member: Schema.String, ...counts })

/** A fault shown instead of acting: for the next `times` calls, or until it is taken back when `times` is absent. */
export const Fault = Schema.Struct({
  status: Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 })),
  times: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  retryAfter: Schema.optionalKey(Schema.String)
})

export const State = Schema.Struct({
  calls: Schema.Array(Call),
  participants: Schema.Array(Entry),
  /** The highest number of calls in any sliding 10 seconds. */
  busiest10s: Schema.Int
})

export class Ledger extends Context.Service<
  Ledger,
  {
    readonly record: (call: Omit<typeof Call.Type, "at">) => Effect.Effect<void>
    /** The fault to show now, if any; takes one off its `times`. */
    readonly nextFault: Effect.Effect<typeof Fault.Type | undefined>
    readonly setFault: (fault: typeof Fault.Type | undefined) => Effect.Effect<void>
    readonly state: Effect.Effect<typeof State.Type>
    /** Forgets the calls, the fault, and everybody who was invited. */
    readonly reset: Effect.Effect<void>
  }
>()("@usher/sandbox/Ledger") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const spot = yield* MeltingSpotMemory.MeltingSpot
      let calls: Array<typeof Call.Type> = []
      const fault = yield* Ref.make<typeof Fault.Type | undefined>(undefined)

      return Ledger.of({
        record: (call) => Effect.map(DateTime.now, (at) => void calls.push({ ...call, at })),
        nextFault: Ref.modify(fault, (current) => {
          if (current?.times === undefined) return [current, current]
          const times = current.times - 1
          return [current, times === 0 ? undefined : { ...current, times }]
        }),
        setFault: (next) => Ref.set(fault, next),
        state: Effect.map(spot.entries, (entries) => ({
          calls: [...calls],
          participants: entries.map(({ participant: { liveId, spotMemberEmail }, ...counts }) => ({
            liveId,
            member: spotMemberEmail,
            ...counts
          })),
          busiest10s: busiest(
            calls.map((call) => call.at.epochMilliseconds),
            10_000
          )
        })),
        reset: Effect.andThen(
          spot.reset,
          Effect.suspend(() => {
            calls = []
            return Ref.set(fault, undefined)
          })
        )
      })
    })
  )
}

/** The highest number of times that fall into one sliding window of `millis`. */
export const busiest = (times: ReadonlyArray<number>, millis: number): number => {
  let first = 0
  let most = 0
  for (const [index, time] of times.entries()) {
    while (time - (times[first] ?? time) >= millis) first++
    most = Math.max(most, index - first + 1)
  }
  return most
}
