/** What an answer says of the budget, in the headers that APIs use for it; MeltingSpot documents none of them. */
import { Duration, Option } from "effect"
import { parseRetryAfter, secondsToMillis } from "./retryAfter.ts"

/**
 * How long nobody should call: after a `429` with `Retry-After`, and when an answer says that nothing remains
 * (`RateLimit: …;r=0;t=5` or the older `RateLimit-Remaining`, with or without `X-`, beside `…-Reset`). Not bounded.
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

/** Whether the headers say anything of the budget. */
export const saysRate = (headers: Readonly<Record<string, string | undefined>>): boolean =>
  headers["ratelimit"] !== undefined ||
  headers["ratelimit-remaining"] !== undefined ||
  headers["x-ratelimit-remaining"] !== undefined

/** Some say how many seconds are left, some name the second or the millisecond in which it is over. */
const until = (reset: string | undefined, now: number): Option.Option<Duration.Duration> => {
  const millis = reset === undefined ? undefined : secondsToMillis(reset)
  if (millis === undefined) return Option.none()
  if (millis <= 1e12) return Option.some(Duration.millis(millis))
  const end = millis > 1e14 ? millis / 1_000 : millis
  return Option.some(Duration.millis(Math.max(0, end - now)))
}
