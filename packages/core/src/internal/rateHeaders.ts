/** What an answer says of the budget, in the headers that APIs use for it; MeltingSpot documents none of them. */
import { Duration, Option, Result } from "effect"
import { Headers } from "effect/http"

/**
 * How long nobody should call: after a `429` with `Retry-After`, and when an answer says that nothing remains
 * (`RateLimit: …;r=0;t=5` or the older `RateLimit-Remaining`, with or without `X-`, beside `…-Reset`).
 */
export const rest = (
  status: number,
  headers: Readonly<Record<string, string | undefined>>,
  now: number
): Option.Option<Duration.Duration> => {
  const retryAfter = headers["retry-after"]
  if (status === 429 && retryAfter !== undefined) {
    const parsed = Headers.parseRetryAfter(retryAfter)
    if (Result.isSuccess(parsed)) return Option.some(Headers.retryAfterDelay(parsed.success, now))
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

/** Some say how many seconds are left, some name the second in which it is over. */
const until = (reset: string | undefined, now: number): Option.Option<Duration.Duration> => {
  if (reset === undefined || !/^\d{1,12}$/.test(reset.trim())) return Option.none()
  const seconds = Number(reset)
  return Option.some(Duration.millis(seconds > 1e9 ? Math.max(0, seconds * 1_000 - now) : seconds * 1_000))
}
