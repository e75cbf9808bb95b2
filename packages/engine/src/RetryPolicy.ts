/**
 * When an invitation is tried again, as data; and what each outcome of an attempt means for it.
 */
import { DateTime, Duration, Effect, Random, Schema } from "effect"
import { InviteError, Participant } from "@usher/core"
import type { Claim, Outcome } from "./Dispatch.ts"

/**
 * Exponential backoff with full jitter: before attempt n + 1 a random wait between zero and
 * `min(cap, base * 2 ** (n - 1))`.
 *
 * @category models
 * @since 0.1.0
 */
export const RetryPolicy = Schema.Struct({
  base: Schema.DurationFromString,
  cap: Schema.DurationFromString,
  /** Burnt attempts, the first one included, after which it is `exhausted`. */
  maxAttempts: Schema.Int.check(Schema.isGreaterThan(0)),
  /** Counted from its making or its replay; an invitation that waits longer than this is `exhausted` at its next failure. */
  maxAge: Schema.DurationFromString
})

/**
 * @category models
 * @since 0.1.0
 */
export interface RetryPolicy extends Schema.Schema.Type<typeof RetryPolicy> {}

/**
 * Rides out an outage of three days.
 *
 * @category constants
 * @since 0.1.0
 */
export const standard: RetryPolicy = {
  base: Duration.seconds(1),
  cap: Duration.hours(1),
  maxAttempts: 100,
  maxAge: Duration.days(3)
}

/**
 * What becomes of the invitation, and whether the whole Spot rests first.
 *
 * @category models
 * @since 0.1.0
 */
export interface Decision {
  readonly next: Outcome["next"]
  readonly spotRests?: Duration.Duration
}

/** A key that is refused, a budget that is spent without a word on how long: asked again this slowly. */
const slowProbe = Duration.minutes(1)
const coolDown = Duration.seconds(10)

/** However short a `Retry-After` is: zero, or a date that has passed, must not become a loop without a rest. */
const shortestRest = Duration.seconds(1)

/**
 * The table of outcomes.
 *
 * @category deciding
 * @since 0.1.0
 */
export const decide = Effect.fnUntraced(function* (
  policy: RetryPolicy,
  claim: Claim,
  result: Participant.Participant | InviteError.InviteError
): Effect.fn.Return<Decision> {
  if (result instanceof Participant.Participant) return { next: { status: "invited" } }
  const now = yield* DateTime.now
  const again = (wait: Duration.Duration, burnt: boolean): Outcome["next"] => ({
    status: "pending",
    dueAt: DateTime.addDuration(now, wait),
    burnt
  })
  switch (result._tag) {
    case "UndecodableAnswer":
      return { next: { status: "invited" } }
    case "AlreadyInvited":
      return { next: { status: "already_invited" } }
    case "MalformedPayload":
    case "PayloadTooLarge":
    case "UnexpectedStatus":
      return { next: { status: "rejected" } }
    case "Unauthorized":
      return { next: again(slowProbe, false), spotRests: slowProbe }
    case "RateLimited": {
      const rest = Duration.max(result.retryAfter ?? coolDown, shortestRest)
      return { next: again(rest, false), spotRests: rest }
    }
    case "LiveNotFound":
    case "UpstreamUnavailable": {
      const age = DateTime.distance(claim.askedAt, now)
      if (claim.attempt >= policy.maxAttempts || Duration.isGreaterThan(age, policy.maxAge)) {
        return { next: { status: "exhausted" } }
      }
      const jittered = yield* backoff(policy, claim.attempt)
      return { next: again(Duration.max(jittered, InviteError.retryAfter(result) ?? Duration.zero), true) }
    }
  }
})

/**
 * The wait after the given attempt (1 for the first).
 *
 * @category deciding
 * @since 0.1.0
 */
export const backoff = (policy: RetryPolicy, attempt: number): Effect.Effect<Duration.Duration> => {
  const ceiling = Math.min(Duration.toMillis(policy.cap), Duration.toMillis(policy.base) * 2 ** (attempt - 1))
  return Effect.map(Random.next, (share) => Duration.millis(share * ceiling))
}
