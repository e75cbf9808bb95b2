/** Compares what a source receives and what the relay refuses of it with its own usual pace. */
import { DateTime, Duration } from "effect"
import type { Count } from "../store/reporting/pacing.ts"
import { spans } from "../store/rows/counting.ts"

/** The pace of a source. */
export interface Pace {
  readonly source: string
  /** When it last received a webhook, to the minute. Null if it never did. */
  readonly lastReceived: DateTime.Utc | null
  /** When it first received one, to the hour. Null if it never did. */
  readonly firstReceived: DateTime.Utc | null
  /** What it received in the hours of the last weeks. May be empty while it receives. */
  readonly accepted: ReadonlyArray<Count>
  /** What the relay refused of it: the hours before this one, and the minutes of the last hour. */
  readonly refused: { readonly hours: ReadonlyArray<Count>; readonly minutes: ReadonlyArray<Count> }
}

const week = Duration.toMillis("7 days")

/** How many earlier weeks are compared. A source that is younger than two weeks has no usual pace. */
export const weeks = 4
const minWeeks = 2

/** The shortest silence, in milliseconds. */
export const minSilence = Duration.toMillis("15 minutes")

/** The least number of webhooks that are usual in the time of the silence. */
const minMissing = 20

/**
 * How many webhooks are usual in the time since the last one: the median of the same time in the last weeks, the lower
 * one of two. A holiday or an outage in one of four weeks changes little. Undefined unless the source is silent.
 */
export const usualSince = (pace: Pace, now: DateTime.Utc): number | undefined => {
  if (pace.lastReceived === null || pace.firstReceived === null) return undefined
  const end = DateTime.toEpochMillis(now)
  const last = DateTime.toEpochMillis(pace.lastReceived)
  if (end - last < minSilence) return undefined
  const begin = Math.max(last, end - week)
  const first = DateTime.toEpochMillis(pace.firstReceived)
  const earlier = Array.from({ length: weeks }, (_, index) => (index + 1) * week)
    .filter((back) => begin - back >= first)
    .map((back) => within(pace.accepted, begin - back, end - back))
    .toSorted((one, other) => one - other)
  if (earlier.length < minWeeks) return undefined
  const usual = earlier[Math.floor((earlier.length - 1) / 2)] ?? 0
  return usual >= minMissing ? Math.round(usual) : undefined
}

/** The sum between two times, in milliseconds. An hour counts by the share of it that lies between them. */
const within = (hours: ReadonlyArray<Count>, from: number, to: number): number =>
  hours.reduce((sum, { at, count }) => {
    const overlap = Math.min(to, at + spans.hour) - Math.max(from, at)
    return overlap <= 0 ? sum : sum + (count * overlap) / spans.hour
  }, 0)

/** The period whose refusals are usual, in hours. */
export const usualHours = 7 * 24

/** The least number of refusals in an hour that is a rise, and the least multiple of the usual number. */
const minRefused = 20
const minRise = 3

/**
 * The refusals of the last hour, the usual number in an hour, and since when it is exceeded. Undefined unless many more
 * are refused than usual.
 */
export const risen = ({ refused: { hours, minutes } }: Pace, now: DateTime.Utc) => {
  const lastHour = minutes.reduce((sum, { count }) => sum + count, 0)
  const usual = hours.reduce((sum, { count }) => sum + count, 0) / usualHours
  const limit = Math.max(minRefused, minRise * usual)
  const [firstMinute] = minutes
  if (lastHour < limit || firstMinute === undefined) return undefined
  const counts = new Map(hours.map(({ at, count }) => [at, count]))
  const end = DateTime.toEpochMillis(now)
  let since = firstMinute.at
  for (let at = end - (end % spans.hour) - spans.hour; (counts.get(at) ?? 0) >= limit; at -= spans.hour) {
    since = Math.min(since, at)
  }
  return { lastHour, usual, since: DateTime.makeUnsafe(since) }
}
