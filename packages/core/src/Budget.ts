/**
 * How many calls the secret key of a Spot may make: the upstream allows so many within any stretch of time.
 */
import { Context, Duration, Effect, identity, Layer, type Redacted } from "effect"
import { byKey } from "./internal/byKey.ts"
import { durationFlaw, refuseFlaws, wholeNumberFlaw } from "./internal/optionChecks.ts"
import { slidingWindows } from "./internal/slidingWindows.ts"
import type { SpotBudget } from "./internal/SpotBudget.ts"

export type { RestReason, SpotBudget } from "./internal/SpotBudget.ts"

/**
 * At most `calls` calls within any stretch of `window`.
 *
 * @category models
 */
export interface Limit {
  /** How many calls: a whole number, 1 or more. */
  readonly calls: number
  /** The length of the stretch, above 0; such as `"10 seconds"`. */
  readonly window: Duration.Input
}

/**
 * "100 requests/10 sec" and "50000 requests/day". Any 24 hours hold a day of every time zone.
 *
 * Source: https://help.meltingspot.io/english/manage-spot/integrations/api-access/configuration
 *
 * @category constants
 */
export const documented: ReadonlyArray<Limit> = [
  { calls: 100, window: "10 seconds" },
  { calls: 50_000, window: "24 hours" }
]

/**
 * The budgets of all Spots that a program calls, told apart by their secret keys.
 *
 * @category models
 */
export interface Budget {
  /**
   * The budget of the Spot with this secret key: equal keys share one, and another key has another. An implementation
   * over a shared store identifies the Spot by a keyed hash, never by the key itself.
   */
  readonly forKey: (secretKey: Redacted.Redacted) => SpotBudget
}

const checked = ({ calls, window }: Limit) => {
  refuseFlaws(wholeNumberFlaw("calls", calls, 1), durationFlaw("window", window, "above 0"))
  return { calls, millis: Duration.toMillis(window) }
}

/**
 * Exact sliding windows in the memory of this process. A call counts from its start until the window has passed since
 * its end, so the upstream never counts it for longer. Calls that are timed by different `Clock`s, as in tests, are
 * counted apart.
 *
 * Throws a `RangeError` that names the limit of which no call could be made.
 *
 * @category constructors
 */
export const makeMemory = (limits: ReadonlyArray<Limit> = documented): Budget => {
  const windows = limits.map(checked)
  return { forKey: byKey(() => slidingWindows(windows)) }
}

/**
 * Lets every call through: the service behind `layerUnlimited`.
 *
 * @category constructors
 */
export const unlimited: Budget = {
  forKey: () => ({ within: identity, rest: () => Effect.void })
}

/** One for the process: two layers that call with one key share a budget, however they are built. */
const memory = makeMemory()

/**
 * What `LiveParticipants` counts its calls with. Default: `layerMemory`, so that a program needs to provide one only to
 * change it.
 *
 * @category services
 */
export const Budget: Context.Reference<Budget> = Context.Reference("@usher/core/Budget", {
  defaultValue: () => memory
})

/**
 * The default: the documented limits, counted by key in the memory of this process. There is one such count for the
 * process, whatever layers are built, and how often.
 *
 * @category layers
 */
export const layerMemory: Layer.Layer<never> = /* @__PURE__ */ Layer.succeed(Budget, memory)

/**
 * Other limits, for a program that has only a share of a key's budget. Each call of this function makes a count of its
 * own: call it once and share the layer.
 *
 * @category layers
 */
export const layerMemoryLimits = (limits: ReadonlyArray<Limit>): Layer.Layer<never> =>
  Layer.succeed(Budget, makeMemory(limits))

/**
 * Lets every call through: for tests, and where another part of the program counts.
 *
 * @category layers
 */
export const layerUnlimited: Layer.Layer<never> = /* @__PURE__ */ Layer.succeed(Budget, unlimited)
