/**
 * How many calls each Spot has made and may still make.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Authorization } from "./Access.ts"
import * as Page from "./Page.ts"
import { Unavailable } from "./Problem.ts"

/**
 * @category schemas
 * @since 0.1.0
 */
export const Window = Schema.Struct({
  windowMs: Schema.Finite,
  /** How many calls it holds. */
  calls: Schema.Int,
  spent: Schema.Int,
  left: Schema.Int
}).annotate({ identifier: "BudgetWindow" })

/**
 * @category schemas
 * @since 0.1.0
 */
export const SpotBudget = Schema.Struct({
  spot: Schema.String,
  /** Shortest first. */
  windows: Schema.Array(Window),
  /** When the longest window would be spent at the present pace; null when it would not. */
  spentAt: Schema.NullOr(Page.Time),
  /** When all that is due now will have been sent; null when nothing is, or when it can't be told. */
  clearAt: Schema.NullOr(Page.Time),
  /** Invitations that wait; not counted beyond a bound. */
  backlog: Schema.Int
}).annotate({ identifier: "SpotBudget" })

/**
 * @category models
 * @since 0.1.0
 */
export interface SpotBudget extends Schema.Schema.Type<typeof SpotBudget> {}

/**
 * @category endpoints
 * @since 0.1.0
 */
export const group = HttpApiGroup.make("budget")
  .add(
    HttpApiEndpoint.get("get", "/budget", { success: Schema.Array(SpotBudget), error: Unavailable }).annotate(
      OpenApi.Summary,
      "What each Spot has spent and has left, and a forecast"
    )
  )
  .middleware(Authorization)
