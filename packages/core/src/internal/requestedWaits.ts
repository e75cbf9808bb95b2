/** Reads the waits that answers ask for, and caps them. */
import { Clock, Duration, Effect, Option } from "effect"
import { mentionsRate, rest } from "./rateHeaders.ts"
import { parseRetryAfter } from "./retryAfter.ts"

export interface RequestedWaits {
  /** The wait before a retry of this call. `undefined` for a success, and if the answer asks for none. */
  readonly retryAfter: Duration.Duration | undefined
  /** The wait before any call with this key. */
  readonly rest: Duration.Duration | undefined
}

const none: RequestedWaits = { retryAfter: undefined, rest: undefined }

/** The minimum time between two logs of a cap. A call has to succeed in between. */
const quiet = Duration.toMillis("1 hour")

/** Reads the waits of one upstream's answers, capped at `longest`. */
export const requestedWaits = (longest: Duration.Duration) => {
  let loggedAt = -Infinity
  let isLogged = false

  const logCapped = (asked: Duration.Duration, now: number) => {
    if (isLogged) return Effect.void
    isLogged = true
    loggedAt = now
    return Effect.logWarning(
      `MeltingSpot asked to wait for ${lengthOf(asked)}; the wait is capped at ${Duration.format(longest)}`
    )
  }

  const read = Effect.fnUntraced(function* (
    status: number,
    headers: Readonly<Record<string, string | undefined>>
  ): Effect.fn.Return<RequestedWaits> {
    const now = yield* Clock.currentTimeMillis
    if (status < 300 && isLogged && now - loggedAt >= quiet) isLogged = false
    const header = status < 300 ? undefined : headers["retry-after"]
    const asked = header === undefined ? undefined : parseRetryAfter(header, now)
    const resting = Option.getOrUndefined(rest(status, headers, now))
    if (asked === undefined && resting === undefined) return none
    const longestAsked = Duration.max(asked ?? Duration.zero, resting ?? Duration.zero)
    if (Duration.isGreaterThan(longestAsked, longest)) yield* logCapped(longestAsked, now)
    const capped = (wait: Duration.Duration | undefined) =>
      wait === undefined ? undefined : Duration.min(wait, longest)
    return { retryAfter: capped(asked ?? (status === 429 ? resting : undefined)), rest: capped(resting) }
  })

  /** Most answers ask for nothing, which is decided without reading the clock. */
  return (status: number, headers: Readonly<Record<string, string | undefined>>) =>
    status >= 300 || isLogged || mentionsRate(headers) ? read(status, headers) : Effect.succeed(none)
}

const year = Duration.days(365)

/** Describes a wait, with a cap for absurd numbers. */
const lengthOf = (wait: Duration.Duration) =>
  Duration.isGreaterThan(wait, Duration.times(year, 100)) ? "more than 100 years" : Duration.format(wait)
