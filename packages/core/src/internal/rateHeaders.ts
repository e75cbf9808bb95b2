/** Reads the rate limit headers that APIs use; MeltingSpot documents none. */
import { Duration, Option } from "effect"
import { parseRetryAfter, secondsToMillis } from "./retryAfter.ts"

/**
 * How long every call has to wait: after a `429` with `Retry-After`, and after an answer without remaining calls
 * (`RateLimit: …;r=0;t=5`, or the older `RateLimit-Remaining` and `…-Reset`, with or without `X-`). Not capped.
 */
export const rest = (
  status: number,
  headers: Readonly<Record<string, string | undefined>>,
  now: number
): Option.Option<Duration.Duration> => {
  const retryAfter = headers["retry-after"]
  if (status === 429 && retryAfter !== undefined) {
    const wait = parseRetryAfter(retryAfter, now)
    if (wait !== undefined) return Option.some(wait)
  }
  const structured = headers["ratelimit"]
  if (structured !== undefined) {
    const parameter = (name: string) => new RegExp(`;\\s*${name}=(\\d+)`).exec(structured)?.[1]
    return parameter("r") === "0" ? until(parameter("t"), now) : Option.none()
  }
  for (const prefix of ["ratelimit", "x-ratelimit"]) {
    if (headers[`${prefix}-remaining`]?.trim() === "0") return until(headers[`${prefix}-reset`], now)
  }
  return Option.none()
}

/** Whether a successful answer has a header that `rest` reads. */
export const mentionsRate = (headers: Readonly<Record<string, string | undefined>>): boolean =>
  headers["ratelimit"] !== undefined ||
  headers["ratelimit-remaining"] !== undefined ||
  headers["x-ratelimit-remaining"] !== undefined

/** A reset header holds the seconds that are left, or the end as a time in seconds or milliseconds. */
const until = (reset: string | undefined, now: number): Option.Option<Duration.Duration> => {
  const millis = reset === undefined ? undefined : secondsToMillis(reset)
  if (millis === undefined) return Option.none()
  if (millis <= 1e12) return Option.some(Duration.millis(millis))
  const end = millis > 1e14 ? millis / 1_000 : millis
  return Option.some(Duration.millis(Math.max(0, end - now)))
}
