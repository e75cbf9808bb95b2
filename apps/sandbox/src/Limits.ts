/**
 * The call limits of the key. A call is refused while a window is full, and a refused call does not count.
 */
import { Clock, Context, DateTime, Duration, Effect, Layer } from "effect"
import { type Budget } from "@usher/core"
import * as SlidingWindow from "./SlidingWindow.ts"

export interface Options {
  /** The call limits. Default: none. */
  readonly limits?: ReadonlyArray<Budget.Limit> | undefined
  /** The form of `Retry-After` on a refusal. Default: no header, as MeltingSpot documents none. */
  readonly retryAfter?: "seconds" | "date" | undefined
  /** The speed of the windows: at 1440 a day takes a minute. Default: 1. */
  readonly speed?: number | undefined
}

/** The owner of the Spot's key, or a stranger, whose calls do not count. */
export type Caller = "Owner" | "Stranger"

export interface Verdict {
  /** The time of the call: whole milliseconds of a monotonic clock, times `speed`. */
  readonly time: number
  readonly outcome: "Accepted" | "Refused" | "Stranger"
  /** For a refusal, if configured. */
  readonly retryAfter?: string
}

export class Limits extends Context.Service<
  Limits,
  {
    /**
     * Judges a call, and counts it if it is accepted. `write` runs in the same step, so that it receives all verdicts in the
     * order of their times.
     */
    readonly judge: <A>(caller: Caller, write: (verdict: Verdict) => A) => Effect.Effect<A>
    /** Empties all windows. */
    readonly reset: Effect.Effect<void>
  }
>()("@usher/sandbox/Limits") {
  static readonly layer = (options: Options = {}): Layer.Layer<Limits> =>
    Layer.sync(this, () => make(options))
}

export const make = ({ limits = [], retryAfter, speed = 1 }: Options): Limits["Service"] => {
  if (!(speed > 0)) throw new RangeError(`At a speed of ${speed} no window would ever pass: give more than 0`)
  const windows = limits.map(({ calls, window }) => {
    if (!(calls >= 1))
      throw new RangeError(`A limit of ${calls} calls would let nothing through: give 1 or more`)
    return { calls, ...SlidingWindow.make(Duration.toMillis(window)) }
  })

  const judgeAt = (time: number, now: number, caller: Caller): Verdict => {
    if (caller === "Stranger") return { time, outcome: "Stranger" }
    const full = windows.filter(({ calls, count }) => count(time) >= calls)
    if (full.length === 0) {
      for (const { add } of windows) add(time)
      return { time, outcome: "Accepted" }
    }
    const wait = Math.max(...full.map(({ oldestLeavesIn }) => oldestLeavesIn(time))) / speed
    return {
      time,
      outcome: "Refused",
      ...(retryAfter === "seconds" && { retryAfter: `${Math.ceil(wait / 1000)}` }),
      ...(retryAfter === "date" && { retryAfter: httpDate(now + wait) })
    }
  }

  return Limits.of({
    judge: (caller, write) =>
      Clock.clockWith((clock) =>
        Effect.sync(() => {
          const time = Math.floor((Number(clock.monotonicTimeNanosUnsafe()) * speed) / 1e6)
          return write(judgeAt(time, clock.currentTimeMillisUnsafe(), caller))
        })
      ),
    reset: Effect.sync(() => {
      for (const { clear } of windows) clear()
    })
  })
}

/** An HTTP date, rounded up to whole seconds. */
const httpDate = (millis: number) =>
  DateTime.toDateUtc(DateTime.makeUnsafe(Math.ceil(millis / 1000) * 1000)).toUTCString()
