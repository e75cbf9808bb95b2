/**
 * Limits the calls with the secret key of a Spot, as the upstream does.
 */
import { Context, Duration, Effect, identity, Layer, type Redacted } from "effect"
import { byKey } from "./internal/byKey.ts"
import { durationFlaw, refuseFlaws, wholeNumberFlaw } from "./internal/optionChecks.ts"
import { slidingWindows } from "./internal/slidingWindows.ts"
import type { SpotBudget } from "./internal/SpotBudget.ts"

export type { RestReason, SpotBudget } from "./internal/SpotBudget.ts"

/**
 * At most `calls` calls within any period of `window`.
 *
 * @category models
 */
export interface Limit {
  /** The number of calls, 1 or more. */
  readonly calls: number
  /** The length of the period, above 0, such as `"10 seconds"`. */
  readonly window: Duration.Input
}

/**
 * The documented limits: "100 requests/10 sec" and "50000 requests/day". A window of 24 hours holds in every time zone.
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
 * The budgets of all Spots that a program calls, by secret key.
 *
 * @category models
 */
export interface Budget {
  /**
   * The budget of the Spot with this secret key. Equal keys share a budget. An implementation over a shared store
   * identifies the Spot by a keyed hash, never by the key itself.
   */
  readonly forKey: (secretKey: Redacted.Redacted) => SpotBudget
}

const checked = ({ calls, window }: Limit) => {
  refuseFlaws(wholeNumberFlaw("calls", calls, 1), durationFlaw("window", window, "above 0"))
  return { calls, millis: Duration.toMillis(window) }
}

/**
 * A budget of exact sliding windows in the memory of this process. A call counts from its start until one window after its
 * end, so the upstream never counts it for longer. Calls with different `Clock`s, as in tests, are counted separately.
 *
 * Throws a `RangeError` that names an invalid limit.
 *
 * @category constructors
 */
export const makeMemory = (limits: ReadonlyArray<Limit> = documented): Budget => {
  const windows = limits.map(checked)
  return { forKey: byKey(() => slidingWindows(windows)) }
}

/**
 * A budget without limits.
 *
 * @category constructors
 */
export const unlimited: Budget = {
  forKey: () => ({ within: identity, rest: () => Effect.void })
}

/** One per process: layers with the same key share a budget. */
const memory = makeMemory()

/**
 * The budget in which the services count their calls. Default: that of `layerMemory`.
 *
 * @category services
 */
export const Budget: Context.Reference<Budget> = Context.Reference("@usher/core/Budget", {
  defaultValue: () => memory
})

/**
 * The default: the documented limits, counted by key in the memory of this process. All layers of the process share this
 * count.
 *
 * @category layers
 */
export const layerMemory: Layer.Layer<never> = /* @__PURE__ */ Layer.succeed(Budget, memory)

/**
 * Other limits, for a program that has only a share of a key's budget. Each call of this function creates a separate
 * count: call it once and share the layer.
 *
 * @category layers
 */
export const layerMemoryLimits = (limits: ReadonlyArray<Limit>): Layer.Layer<never> =>
  Layer.succeed(Budget, makeMemory(limits))

/**
 * No limits: for tests, and for programs that count elsewhere.
 *
 * @category layers
 */
export const layerUnlimited: Layer.Layer<never> = /* @__PURE__ */ Layer.succeed(Budget, unlimited)
