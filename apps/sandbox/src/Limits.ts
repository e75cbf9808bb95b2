/**
 * The windows of the key, enforced: a call that comes when one is full is refused and spends nothing.
 */
import { Clock, Context, DateTime, Duration, Effect, Layer } from "effect"
import { type Budget } from "@usher/core"
import * as SlidingWindow from "./SlidingWindow.ts"

export interface Options {
  /** How many calls in any stretch of time. Default: none, every call is let through. */
  readonly limits?: ReadonlyArray<Budget.Limit> | undefined
  /** The form of the `Retry-After` of a refusal. Default: it has none, as the upstream documents none. */
  readonly retryAfter?: "seconds" | "date" | undefined
  /** How much faster than the clock the windows pass: at 1440 a day is a minute. Default 1. */
  readonly speed?: number | undefined
}

/** Who calls: the owner of the Spot's key, or a stranger, whose calls spend nothing of it. */
export type Caller = "Owner" | "Stranger"

export interface Verdict {
  /** When the call came: whole milliseconds of a clock that is never set back, at `speed`. */
  readonly time: number
  readonly outcome: "Accepted" | "Refused" | "Stranger"
  /** For a refusal, where it is asked for. */
  readonly retryAfter?: string
}

export class Limits extends Context.Service<
  Limits,
  {
    /**
     * Judges a call that comes now, and counts it if it is let through. `write` sees the verdict in the same step, so
     * that it sees all of them in the order of their times.
     */
    readonly judge: <A>(caller: Caller, write: (verdict: Verdict) => A) => Effect.Effect<A>
    /** Forgets what was spent. */
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

/** It can say whole seconds only, and is never early. */
const httpDate = (millis: number) =>
  DateTime.toDateUtc(DateTime.makeUnsafe(Math.ceil(millis / 1000) * 1000)).toUTCString()
