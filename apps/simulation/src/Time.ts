/** The time of a run, which passes when the world advances it. Each machine has its own system clock, which can be set. */
import { type Clock, Duration, Effect } from "effect"

/** The start of every run: the day of a change to summer time. */
const begin = Date.UTC(2026, 2, 29)

/** A machine, which several processes share. */
export interface Machine {
  /** The difference of its system clock to the true time, in milliseconds. */
  ahead: number
}

export interface Sleeper<Owner> {
  readonly at: number
  readonly order: number
  readonly owner: Owner
  readonly wake: () => void
}

export const make = <Owner>() => {
  let elapsed = 0
  let order = 0
  const sleepers = new Set<Sleeper<Owner>>()

  /** `base` is the arbitrary start of the monotonic clock. */
  const clockOf = (owner: Owner, machine: Machine, base: number): Clock.Clock => {
    const system = () => Math.floor(begin + elapsed + machine.ahead)
    const monotonic = () => BigInt(Math.round((base + elapsed) * 1e6))
    return {
      currentTimeMillisUnsafe: system,
      currentTimeMillis: Effect.sync(system),
      currentTimeNanosUnsafe: () => BigInt(system()) * 1_000_000n,
      currentTimeNanos: Effect.sync(() => BigInt(system()) * 1_000_000n),
      monotonicTimeNanosUnsafe: monotonic,
      monotonicTimeNanos: Effect.sync(monotonic),
      sleep: (duration) => {
        const millis = Duration.toMillis(duration)
        return Effect.callback<void>((resume) => {
          const sleeper = {
            at: elapsed + Math.max(0, millis),
            order: order++,
            owner,
            wake: () => resume(Effect.void)
          }
          // An infinite sleep never ends.
          if (Number.isFinite(millis)) sleepers.add(sleeper)
          return Effect.sync(() => void sleepers.delete(sleeper))
        })
      }
    }
  }

  return {
    clockOf,
    /** Milliseconds since the run began. */
    elapsed: () => elapsed,
    /** The true time, in milliseconds since 1970. */
    now: () => begin + elapsed,
    pass: (millis: number) => {
      elapsed += millis
    },
    /** The sleeper that wakes up first, among those whose owner `wakes`. */
    first: (wakes: (owner: Owner) => boolean): Sleeper<Owner> | undefined => {
      let first: Sleeper<Owner> | undefined
      for (const one of sleepers) {
        if (!wakes(one.owner)) continue
        if (first === undefined || one.at < first.at || (one.at === first.at && one.order < first.order))
          first = one
      }
      return first
    },
    wake: (sleeper: Sleeper<Owner>) => {
      sleepers.delete(sleeper)
      elapsed = Math.max(elapsed, sleeper.at)
      sleeper.wake()
    },
    forget: (owner: Owner) => {
      for (const one of sleepers) if (one.owner === owner) sleepers.delete(one)
    }
  }
}
