/**
 * The budget of each Spot: calls made and calls left.
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
  /** The maximum number of calls in the window. */
  calls: Schema.Int,
  /** Calls made within the window. */
  spent: Schema.Int,
  /** Calls that may still be made now. */
  left: Schema.Int
}).annotate({ identifier: "BudgetWindow" })

/**
 * The budget of one Spot.
 *
 * @category schemas
 */
export const SpotBudget = Schema.Struct({
  /** The Spot's name. */
  spot: Schema.String,
  /** Ordered from short to long. */
  windows: Schema.Array(Window),
  /** Calls per hour, measured over the last ten minutes. */
  pace: Schema.Finite,
  /** When the longest window runs out at this pace. Null if it does not. */
  spentAt: Schema.NullOr(Page.Time),
  /** Why the Spot sends nothing. Null if it sends. */
  hold: Schema.NullOr(Hold),
  /** The earliest time at which the current backlog can be sent. Null without a backlog. For a paused Spot, as if resumed now. */
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
    "The budget of each Spot: used, left, and a forecast"
  )
)
