/** Waits that an answer asks for, read from its headers. Every number is accepted: a bound is the caller's. */
import { DateTime, Duration, Result } from "effect"
import { Headers } from "effect/http"

const decimal = /^[+-]?\d{1,400}(?:\.\d{1,400})?(?:e[+-]?\d{1,6})?$/i
const digits = /^\d+$/

/**
 * A number of seconds as milliseconds; more than a number holds is `Infinity`. Undefined for a negative number, and for
 * anything that is no number.
 */
export const secondsToMillis = (text: string): number | undefined => {
  const trimmed = text.trim()
  if (!decimal.test(trimmed) && !digits.test(trimmed)) return undefined
  const millis = Number(trimmed) * 1_000
  return millis < 0 || Object.is(millis, -0) ? undefined : millis
}

/**
 * The wait of a `Retry-After`: seconds, or a date in any of the three formats of HTTP. A date that has passed is no wait.
 * Undefined where the header asks for nothing that can be understood.
 */
export const parseRetryAfter = (header: string, now: number): Duration.Duration | undefined => {
  const millis = secondsToMillis(header)
  if (millis !== undefined) return Duration.millis(millis)
  const date = Result.getOrUndefined(Headers.parseHttpDate(header.trim()))
  return date === undefined ? undefined : Duration.millis(Math.max(0, DateTime.toEpochMillis(date) - now))
}
