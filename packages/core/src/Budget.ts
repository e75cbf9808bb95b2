/**
 * How many calls the key of a Spot may make: the upstream allows so many within any stretch of time.
 *
 * @since 0.1.0
 */
import { Clock, Context, Duration, Effect, identity, Layer, Metric, Scope, Semaphore } from "effect"
import { budgetRemaining } from "./Metrics.ts"

/**
 * At most `calls` calls within any stretch of `window`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Limit {
  /** How many, 1 or more. */
  readonly calls: number
  /** Of what length. */
  readonly window: Duration.Input
}

/**
 * "100 requests/10 sec" and "50000 requests/day". Any 24 hours hold a day of every time zone.
 *
 * Source: https://help.meltingspot.io/english/manage-spot/integrations/api-access/configuration
 *
 * @category constants
 * @since 0.1.0
 */
export const documented: ReadonlyArray<Limit> = [
  { calls: 100, window: "10 seconds" },
  { calls: 50_000, window: "24 hours" }
]

/**
 * What asked for the wait. `Refused`: a 429. `NoneRemaining`: an answer whose headers say that no calls remain.
 *
 * @category models
 * @since 0.1.0
 */
export type RestReason = "Refused" | "NoneRemaining"

/**
 * The budget of one Spot: everything that calls with its key shares one, and another key has another.
 *
 * @category services
 * @since 0.1.0
 */
export class Budget extends Context.Service<
  Budget,
  {
    /** Makes the call once it fits, first come, first served. Who is interrupted while waiting has spent nothing. */
    readonly within: <A, E, R>(call: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
    /** The upstream says that nothing is left: calls that have not begun wait so long. A shorter word changes nothing. */
    readonly rest: (duration: Duration.Duration, reason?: RestReason) => Effect.Effect<void>
  }
>()("@usher/core/Budget") {
  /**
   * Exact sliding windows in the memory of this process. A call counts from its start until the window has passed since
   * its end: at whatever moment in between it reached the upstream, there it is never counted for longer than here.
   */
  static readonly layerMemory: Layer.Layer<Budget> = Layer.sync(this, () => makeMemory())

  /** The same with other limits, for a program that has only a share of the key's budget. */
  static readonly layerMemoryLimits = (limits: ReadonlyArray<Limit>): Layer.Layer<Budget> =>
    Layer.sync(this, () => makeMemory(limits))

  /** Lets every call through: for tests, and where somebody else counts. */
  static readonly layerUnlimited: Layer.Layer<Budget> = Layer.sync(this, () => unlimited)
}

/**
 * The service behind `layerUnlimited`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const unlimited: Budget["Service"] = Budget.of({
  within: identity,
  rest: () => Effect.void
})

/**
 * The service behind `layerMemory`, for programs that hold several: one for each Spot.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeMemory = (limits: ReadonlyArray<Limit> = documented): Budget["Service"] => {
  const windows = limits.map(({ calls, window }) => {
    if (!(calls >= 1))
      throw new RangeError(`A budget of ${calls} calls would let nothing through: give 1 or more`)
    const millis = Duration.toMillis(window)
    return {
      calls,
      millis,
      first: 0,
      gauge: Metric.withAttributes(budgetRemaining, { window: `${millis / 1_000}s` })
    }
  })
  const turn = Semaphore.makeUnsafe(1)
  /** When the calls ended, oldest first; each window begins at its `first`. */
  let ended: Array<number> = []
  let underWay = 0
  let restsUntil = 0

  /** Milliseconds until there can be room; a call that is under way at `time` has yet to end. */
  const waitAt = (time: number): number => {
    let wait = Math.max(0, restsUntil - time)
    for (const window of windows) {
      while ((ended[window.first] ?? Infinity) + window.millis <= time) window.first++
      const excess = underWay + ended.length - window.first + 1 - window.calls
      if (excess > 0) {
        wait = Math.max(wait, (ended[window.first + excess - 1] ?? time) + window.millis - time)
      }
    }
    return wait
  }

  const forget = () => {
    const passed = Math.min(...windows.map(({ first }) => first))
    if (passed <= ended.length / 2) return
    ended = ended.slice(passed)
    for (const window of windows) window.first -= passed
  }

  const showRemaining = Effect.withFiber((fiber) => {
    for (const { calls, first, gauge } of windows) {
      gauge.updateUnsafe(calls - underWay - (ended.length - first), fiber.context)
    }
    return Effect.void
  })

  const release = Effect.map(now, (time) => {
    underWay--
    ended.push(time)
    forget()
  })

  const take: Effect.Effect<void, never, Scope.Scope> = Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(now, (time) => {
      const wait = waitAt(time)
      if (wait > 0) return Effect.andThen(restore(Effect.sleep(Math.ceil(wait))), take)
      underWay++
      return Effect.andThen(
        showRemaining,
        Effect.addFinalizer(() => release)
      )
    })
  )

  return Budget.of({
    rest: (duration) =>
      Effect.map(now, (time) => {
        restsUntil = Math.max(restsUntil, time + Duration.toMillis(duration))
      }),
    within: (call) =>
      Effect.scopedWith((scope) => Effect.andThen(Scope.provide(turn.withPermit(take), scope), call))
  })
}

/** Milliseconds of a clock that is never set back, which would free a call early. */
const now = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos) / 1e6)
