/** Parses the waits in headers. Any number is accepted; the caller caps it. */
import { DateTime, Duration, Result } from "effect"
import { Headers } from "effect/http"

const decimal = /^[+-]?\d{1,400}(?:\.\d{1,400})?(?:e[+-]?\d{1,6})?$/i
const digits = /^\d+$/

/**
 * A number of seconds as milliseconds; `Infinity` if it is too large. `undefined` for a negative number, and for text that is
 * not a number.
 */
export const secondsToMillis = (text: string): number | undefined => {
  const trimmed = text.trim()
  if (!decimal.test(trimmed) && !digits.test(trimmed)) return undefined
  const millis = Number(trimmed) * 1_000
  return millis < 0 || Object.is(millis, -0) ? undefined : millis
}

/**
 * The wait of a `Retry-After`: seconds, or a date in any of the three formats of HTTP. A past date is a wait of 0.
 * `undefined` if the header can't be parsed.
 */
export const parseRetryAfter = (header: string, now: number): Duration.Duration | undefined => {
  const millis = secondsToMillis(header)
  if (millis !== undefined) return Duration.millis(millis)
  const date = Result.getOrUndefined(Headers.parseHttpDate(header.trim()))
  return date === undefined ? undefined : Duration.millis(Math.max(0, DateTime.toEpochMillis(date) - now))
}
