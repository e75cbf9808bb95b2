/**
 * How many calls each Spot has made and may still make.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Hold } from "@usher/model/Hold"
import * as Page from "./Page.ts"

/**
 * One window of a budget, such as 100 calls in 10 seconds.
 *
 * @category schemas
 */
export const Window = Schema.Struct({
  /** The length of the window, in milliseconds. */
  windowMs: Schema.Finite,
  /** How many calls it holds. */
  calls: Schema.Int,
  /** Calls made within the window. */
  spent: Schema.Int,
  /** Calls that may still be made now. */
  left: Schema.Int
}).annotate({ identifier: "BudgetWindow" })

/**
 * What one Spot has spent and has left.
 *
 * @category schemas
 */
export const SpotBudget = Schema.Struct({
  /** The Spot's name. */
  spot: Schema.String,
  /** Shortest first. */
  windows: Schema.Array(Window),
  /** Calls an hour, by the last ten minutes. */
  pace: Schema.Finite,
  /** When the longest window would be spent at this pace; null when it would not. */
  spentAt: Schema.NullOr(Page.Time),
  /** What keeps the Spot from sending; null when nothing does. */
  hold: Schema.NullOr(Hold),
  /** When all that waits now can have been sent, at the soonest; null when nothing waits. While the Spot is paused, as if it were resumed now. */
  clearAt: Schema.NullOr(Page.Time),
  /** Pending invitations, capped at `Stats.maxCounted`. */
  backlog: Schema.Int
}).annotate({ identifier: "SpotBudget" })

/**
 * What the schema `SpotBudget` decodes to.
 *
 * @category models
 */
export interface SpotBudget extends Schema.Schema.Type<typeof SpotBudget> {}

/**
 * The endpoint of all budgets.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("budget").add(
  HttpApiEndpoint.get("get", "/budget", { success: Schema.Array(SpotBudget) }).annotate(
    OpenApi.Summary,
    "What each Spot has spent and has left, and a forecast"
  )
)
