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
  left: Schema.Int,
  /** When a call is free again. Null if one is free now. */
  roomAt: Schema.NullOr(Page.Time)
}).annotate({ identifier: "BudgetWindow" })

/**
 * The budget of one Spot.
 *
 * @category schemas
 */
export const SpotBudget = Schema.Struct({
  /** The Spot's name. */
  spot: Schema.String,
  /** The maximum number of members of one call. */
  batchSize: Schema.Int,
  /** Ordered from short to long. */
  windows: Schema.Array(Window),
  /** Calls per hour, measured over the last ten minutes. */
  pace: Schema.Finite,
  /** When the longest window runs out at this pace. Null if it does not, or has run out already. */
  spentAt: Schema.NullOr(Page.Time),
  /** Why the Spot sends nothing. Null if it sends. */
  hold: Schema.NullOr(Hold),
  /** The earliest time at which all `sendable` invitations are sent. Null if none is sendable, and while the Spot is paused. */
  clearAt: Schema.NullOr(Page.Time),
  /** Pending invitations, capped at `Stats.maxCounted`: the sum of the next three. */
  backlog: Schema.Int,
  /** Due invitations, without those to parked Lives. */
  sendable: Schema.Int,
  /** Invitations that are due later, such as retries. */
  later: Schema.Int,
  /** Invitations to parked Lives. */
  parked: Schema.Int,
  /** Whether the numbers of invitations are capped, so that there may be more. */
  isMore: Schema.Boolean
}).annotate({ identifier: "SpotBudget" })

/**
 * What the schema `SpotBudget` decodes to.
 *
 * @category models
 */
export interface SpotBudget extends Schema.Schema.Type<typeof SpotBudget> {}

/**
 * When the longest window has a call again; null if it has one now. The short one is full whenever the relay sends at
 * full speed.
 *
 * @category accessors
 */
export const roomAt = ({ windows }: Pick<SpotBudget, "windows">): SpotBudget["windows"][number]["roomAt"] =>
  windows.at(-1)?.roomAt ?? null

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
