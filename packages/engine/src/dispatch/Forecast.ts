/**
 * What the budget of a Spot allows from now on: spent, left, at what pace, and when it runs dry or the backlog is cleared.
 */
import { DateTime, Duration, Effect } from "effect"
import type { Backlog } from "@usher/model/Backlog"
import * as Hold from "@usher/model/Hold"
import * as Search from "@usher/model/Search"
import * as Budget from "../ports/Budget.ts"
import type { InboxUnavailable } from "../ports/Inbox.ts"
import { Operations } from "../ports/Operations.ts"
import { SpotControl } from "../ports/SpotControl.ts"

/**
 * One window of a budget by now.
 *
 * @category models
 */
export interface WindowForecast {
  /** The length of the window. */
  readonly window: Duration.Duration
  /** The most calls in the window. */
  readonly calls: number
  /** How many calls count in the window. */
  readonly spent: number
  /** How many calls are left in the window. */
  readonly left: number
  /** When it has room again; null while it has. */
  readonly roomAt: DateTime.Utc | null
}

/**
 * What a Spot has spent of its budget, and when its backlog clears.
 *
 * @category models
 */
export interface Forecast {
  /** The name of the Spot. */
  readonly spot: string
  /** The shorter one first. */
  readonly windows: ReadonlyArray<WindowForecast>
  /** Calls an hour, by the last ten minutes. */
  readonly pace: number
  /** When nothing is left of the longest window at this pace; null if that is not within its length. */
  readonly spentAt: DateTime.Utc | null
  /** What waits to be sent. */
  readonly backlog: Backlog
  /** What keeps the Spot from sending; null where nothing does. */
  readonly hold: Hold.Hold | null
  /** When the last of what waits now can be sent, at the soonest; null where nothing waits. While the Spot is paused, as if it were resumed now. */
  readonly clearAt: DateTime.Utc | null
}

/** The pace is that of so long. */
const lately = Duration.minutes(10)

/**
 * Of a Spot with a budget, for everybody who shares its database.
 *
 * @category forecasting
 */
export const of = Effect.fn("Forecast.of")(function* (
  spot: string,
  limits: Budget.Limits
): Effect.fn.Return<Forecast, InboxUnavailable, Operations | SpotControl> {
  const control = yield* SpotControl
  const operations = yield* Operations
  const now = yield* DateTime.now
  const usages = yield* control.usage(spot, limits)
  const calls = yield* control.callsSince(spot, DateTime.subtractDuration(now, lately))
  const hold = Hold.of((yield* control.all).find((state) => state.spot === spot))
  const backlog = yield* operations.backlog(spot)
  return make({ spot, now, usages, calls, backlog, hold })
})

/**
 * What a forecast is made of.
 *
 * @category models
 */
export interface Facts {
  /** The name of the Spot. */
  readonly spot: string
  /** The moment of the forecast. */
  readonly now: DateTime.Utc
  /** What counts in each window, the shorter one first. */
  readonly usages: ReadonlyArray<Budget.Usage>
  /** Of the last ten minutes. */
  readonly calls: number
  /** What waits to be sent. */
  readonly backlog: Backlog
  /** Default: nothing keeps the Spot from sending. */
  readonly hold?: Hold.Hold | null | undefined
}

/**
 * The same from what is known.
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
    spentAt: longest !== undefined && lasts < Duration.toMillis(longest.window) ? at(lasts) : null,
    backlog,
    hold,
    clearAt:
      backlog.invitations === 0 ? null : clearAt(now, hold?.until ?? now, usages, windows, backlog.calls)
  }
}

/** As if what is spent had been spent at once, just before its window has room again. No call is made before `start`. */
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
    Search.duration(
      calls,
      usages.map((usage) => ({ calls: usage.calls, window: usage.millis }))
    )
  )
  return times.reduce((latest, time) => DateTime.max(latest, time), atLeast)
}
