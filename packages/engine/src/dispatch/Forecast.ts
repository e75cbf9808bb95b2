/**
 * Forecasts the budget of a Spot: calls spent and left, the current rate, and when the budget runs out or the backlog
 * is cleared.
 */
import { DateTime, Duration, Effect } from "effect"
import type { Backlog } from "@usher/model/Backlog"
import * as Hold from "@usher/model/Hold"
import * as Calls from "@usher/model/Calls"
import * as Budget from "../ports/Budget.ts"
import type { InboxUnavailable } from "../ports/Inbox.ts"
import { Operations } from "../ports/Operations.ts"
import { SpotControl } from "../ports/SpotControl.ts"
import * as Spots from "./Spots.ts"

/**
 * One window of a budget now.
 *
 * @category models
 */
export interface WindowForecast {
  /** The length of the window. */
  readonly window: Duration.Duration
  /** The maximum number of calls in the window. */
  readonly calls: number
  /** The number of calls that count in the window. */
  readonly spent: number
  /** The number of calls left in the window. */
  readonly left: number
  /** When the window has room again. Null if it has room now. */
  readonly roomAt: DateTime.Utc | null
}

/**
 * The budget of a Spot, and when its backlog is cleared.
 *
 * @category models
 */
export interface Forecast {
  /** The name of the Spot. */
  readonly spot: string
  /** All windows, the shorter one first. */
  readonly windows: ReadonlyArray<WindowForecast>
  /** Calls per hour, based on the last 10 minutes. */
  readonly pace: number
  /**
   * When the longest window is used up at this rate. Null if that is not within the length of the window, and if it is
   * used up already.
   */
  readonly spentAt: DateTime.Utc | null
  /** The pending invitations. */
  readonly backlog: Backlog
  /** What keeps the Spot from sending. Null if nothing does. */
  readonly hold: Hold.Hold | null
  /**
   * The earliest time by which all invitations that can be sent now are sent. Null if none can be, and while the Spot is
   * paused.
   */
  readonly clearAt: DateTime.Utc | null
}

/** The period on which the rate is based. */
const lately = Duration.minutes(10)

/**
 * Forecasts the budget of a Spot that sends up to `batchSize` members in a call, for all relays that share the database.
 *
 * @category forecasting
 */
export const of = Effect.fn("Forecast.of")(function* (
  spot: string,
  limits: Budget.Limits,
  batchSize: number
): Effect.fn.Return<Forecast, InboxUnavailable, Operations | SpotControl> {
  const control = yield* SpotControl
  const operations = yield* Operations
  const now = yield* DateTime.now
  const usages = yield* control.usage(spot, limits)
  const calls = yield* control.callsSince(spot, DateTime.subtractDuration(now, lately))
  const state = (yield* control.all).find((state) => state.spot === spot)
  const backlog = yield* operations.backlog(spot, Spots.batchSize({ batchSize }, state))
  return make({ spot, now, usages, calls, backlog, hold: Hold.of(state) })
})

/**
 * The input of a forecast.
 *
 * @category models
 */
export interface Facts {
  /** The name of the Spot. */
  readonly spot: string
  /** The time of the forecast. */
  readonly now: DateTime.Utc
  /** The calls that count in each window, the shorter window first. */
  readonly usages: ReadonlyArray<Budget.Usage>
  /** The number of calls in the last 10 minutes. */
  readonly calls: number
  /** The pending invitations. */
  readonly backlog: Backlog
  /** What keeps the Spot from sending. Default: nothing. */
  readonly hold?: Hold.Hold | null | undefined
}

/**
 * Makes a forecast from these facts.
 *
 * @category forecasting
 */
export const make = ({ spot, now, usages, calls, backlog, hold = null }: Facts): Forecast => {
  const at = (millis: number) => DateTime.addDuration(now, Duration.millis(millis))
  const windows = usages.map((usage): WindowForecast => {
    const spent = Budget.total(usage)
    const left = Math.max(0, usage.calls - spent)
    const isFull = left === 0 && Number.isFinite(usage.freesAt)
    return {
      window: Duration.millis(usage.millis),
      calls: usage.calls,
      spent,
      left,
      roomAt: isFull ? DateTime.makeUnsafe(usage.freesAt) : null
    }
  })
  const longest = windows.at(-1)
  const perMilli = calls / Duration.toMillis(lately)
  const lasts = longest === undefined || perMilli === 0 ? Infinity : longest.left / perMilli
  return {
    spot,
    windows,
    pace: Math.round(perMilli * Duration.toMillis("1 hour")),
    spentAt:
      longest !== undefined && longest.left > 0 && lasts < Duration.toMillis(longest.window)
        ? at(lasts)
        : null,
    backlog,
    hold,
    clearAt:
      backlog.sendable === 0 || hold?.state === "paused"
        ? null
        : clearAt(now, hold?.until ?? now, usages, windows, backlog.calls)
  }
}

/**
 * When every window has room again. Null if all have room now.
 *
 * @category accessors
 */
export const roomAt = ({ windows }: Pick<Forecast, "windows">): DateTime.Utc | null =>
  windows
    .flatMap(({ roomAt }) => roomAt ?? [])
    .toSorted(DateTime.Order)
    .at(-1) ?? null

/**
 * Assumes that all spent calls were made at one time, just before their window has room again. No call is made before
 * `start`.
 */
const clearAt = (
  now: DateTime.Utc,
  start: DateTime.Utc,
  usages: ReadonlyArray<Budget.Usage>,
  windows: ReadonlyArray<WindowForecast>,
  calls: number
): DateTime.Utc => {
  const times = windows.map(({ left, calls: limit, roomAt, window }) => {
    const beyond = Math.max(0, calls - left)
    if (beyond === 0) return now
    const first = roomAt ?? DateTime.addDuration(now, window)
    return DateTime.addDuration(first, Duration.times(window, Math.ceil(beyond / limit) - 1))
  })
  const atLeast = DateTime.addDuration(
    DateTime.max(now, start),
    Calls.duration(
      calls,
      usages.map((usage) => ({ calls: usage.calls, window: usage.millis }))
    )
  )
  return times.reduce((latest, time) => DateTime.max(latest, time), atLeast)
}
