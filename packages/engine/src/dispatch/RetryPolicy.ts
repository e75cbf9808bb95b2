/**
 * When an invitation is tried again, as data; and what each outcome of an attempt means for it.
 */
import { DateTime, Duration, Schema } from "effect"
import { InviteError, MeltingSpotConfig, Participant } from "@usher/core"
import type { Claim } from "../ports/Claiming.ts"
import type { Outcome, Result } from "../ports/Settling.ts"

/**
 * Exponential backoff with full jitter: before attempt n + 1 a random wait between zero and
 * `min(cap, base * 2 ** (n - 1))`.
 *
 * @category models
 */
export const RetryPolicy = Schema.Struct({
  /** The longest wait after the first failure; it doubles with each further one. */
  base: Schema.DurationFromString,
  /** The longest wait between two attempts. */
  cap: Schema.DurationFromString,
  /** Burnt attempts, the first one included, after which it is `exhausted`. */
  maxAttempts: Schema.Int.check(Schema.isGreaterThan(0)),
  /** Counted from its making or its replay; an invitation that waits longer than this is `exhausted` at its next failure. */
  maxAge: Schema.DurationFromString,
  /** The longest wait that an answer can ask for (`Retry-After`, rate limit headers). Default: 1 hour. */
  maxRetryAfter: Schema.optionalKey(Schema.DurationFromString)
})

/**
 * When failed invitations are tried again, and when they are given up.
 *
 * @category models
 */
export interface RetryPolicy extends Schema.Schema.Type<typeof RetryPolicy> {}

/**
 * Rides out an outage of three days.
 *
 * @category constants
 */
export const standard: RetryPolicy = {
  base: Duration.seconds(1),
  cap: Duration.hours(1),
  maxAttempts: 100,
  maxAge: Duration.days(3),
  maxRetryAfter: MeltingSpotConfig.maxRetryAfter
}

/**
 * What becomes of the invitation, and what the outcome says of everything else.
 *
 * @category models
 */
export interface Decision {
  /** What happens to the invitation. */
  readonly next: Outcome["next"]
  /** What happens to the Spot or the Live; undefined if nothing does. */
  readonly beyond?: Beyond
}

/**
 * What goes beyond the invitation. `Pauses`: the Spot's key is not accepted. `Cooldown`: the Spot has to wait. `Parks`: the
 * Live is not there. `Shrinks`: calls have too many members.
 *
 * @category models
 */
export type Beyond =
  | {
      readonly _tag: "Pauses"
      /** Why the Spot pauses. */
      readonly reason: string
    }
  | {
      readonly _tag: "Cooldown"
      /** How long the upstream asked to wait, if it did. */
      readonly asked: Duration.Duration | undefined
    }
  | {
      readonly _tag: "Parks"
      /** The Live that the upstream does not know. */
      readonly liveId: string
    }
  | {
      readonly _tag: "Shrinks"
      /** The most members of a call from now on. */
      readonly members: number
    }

/** After a first 429 without `Retry-After`. */
const firstCooldown = Duration.seconds(10)

/** The longest cooldown of our own: a day of 429s is some 150 calls. */
const longestCooldown = Duration.minutes(10)

/** Members that a 413 leaves to all later calls, at least. */
const fewest = 10

/** However short a `Retry-After` is: zero, or a date that has passed, must not become a loop without a rest. */
const shortestCooldown = Duration.seconds(1)

/** Whatever the policy's cap is: a due time has to be a date. */
const longestBackoff = Duration.days(36_500)

/**
 * The wait that an answer asked for, within the policy's bound. Undefined where it asked for none.
 *
 * @category deciding
 */
export const bounded = (
  { maxRetryAfter = MeltingSpotConfig.maxRetryAfter }: RetryPolicy,
  asked: Duration.Duration | undefined
): Duration.Duration | undefined =>
  asked === undefined ? undefined : Duration.clamp(asked, { minimum: Duration.zero, maximum: maxRetryAfter })

/**
 * How long a Spot makes no call after so many 429s, 1 or more, of which each but the first met a probe: 10 seconds, 20, 40
 * and so on to 10 minutes, and never shorter than the upstream asked. A first `Retry-After` may be shorter.
 *
 * @category deciding
 */
export const cooldown = (
  policy: RetryPolicy,
  refusals: number,
  asked: Duration.Duration | undefined
): Duration.Duration => {
  const { maxRetryAfter = MeltingSpotConfig.maxRetryAfter } = policy
  const wanted = bounded(policy, asked)
  const own = Duration.min(Duration.times(firstCooldown, 2 ** Math.min(refusals - 1, 20)), longestCooldown)
  const wait = refusals <= 1 ? (wanted ?? own) : Duration.max(wanted ?? Duration.zero, own)
  return Duration.max(Duration.min(wait, maxRetryAfter), shortestCooldown)
}

/**
 * How an invitation goes on after a call for many that was not answered. `AtOnce` does not count as an attempt.
 *
 * @category models
 */
export type Smaller =
  | { readonly together: number; readonly when: "AtOnce" }
  | {
      /** The most members of the smaller calls. */
      readonly together: number
      /** When they are due. */
      readonly when: "AfterBackoff"
      /** It is not `exhausted` yet, as another member may be to blame. */
      readonly spares: boolean
    }

/**
 * One invitation in a call that has ended.
 *
 * @category models
 */
export interface Ended {
  /** The invitation, as it was claimed. */
  readonly claim: Claim
  /** The participant, or the error. */
  readonly result: Result
  /** That the call had. */
  readonly members: number
  /** The moment of the decision. */
  readonly now: DateTime.Utc
  /** How it goes on where no answer came, and the call may have been too large for it. Default: as it was. */
  readonly smaller?: Smaller | undefined
  /** From 0 to 1, the same for all members of the call, so that those who wait can go together again. */
  readonly chance: number
}

/**
 * The table of outcomes.
 *
 * @category deciding
 */
export const decide = (
  policy: RetryPolicy,
  { claim, result, members, now, chance, smaller }: Ended
): Decision => {
  if (result instanceof Participant.Participant) return { next: { status: "invited" } }
  /** The attempt says nothing about this invitation. */
  const unburnt: Outcome["next"] = { status: "pending", dueAt: now, burnt: false }
  if (result === "Unlisted") return { next: { ...unburnt, together: 1 } }
  const half = Math.ceil(members / 2)
  switch (result._tag) {
    case "UndecodableAnswer":
      return { next: { status: "invited" } }
    case "AlreadyInvited":
      return { next: { status: "already_invited" } }
    case "MalformedPayload":
    case "UnexpectedStatus":
      return { next: members > 1 ? { ...unburnt, together: half } : { status: "rejected" } }
    case "PayloadTooLarge":
      return members > 1
        ? {
            next: { ...unburnt, together: half },
            // A call that is this small is rather refused for one of its members.
            ...(half < fewest ? {} : { beyond: { _tag: "Shrinks", members: half } })
          }
        : { next: { status: "rejected" } }
    case "Unauthorized":
      return { next: unburnt, beyond: { _tag: "Pauses", reason: result.message } }
    case "LiveNotFound":
      return { next: unburnt, beyond: { _tag: "Parks", liveId: claim.invitation.liveId } }
    case "RateLimited":
      return { next: unburnt, beyond: { _tag: "Cooldown", asked: bounded(policy, result.retryAfter) } }
    case "UpstreamUnavailable": {
      const asked = bounded(policy, InviteError.retryAfter(result)) ?? Duration.zero
      const together = smaller?.together
      if (smaller?.when === "AtOnce")
        return { next: { ...unburnt, dueAt: DateTime.addDuration(now, asked), together } }
      const age = DateTime.distance(claim.askedAt, now)
      const isSpent = claim.attempt >= policy.maxAttempts || Duration.isGreaterThan(age, policy.maxAge)
      if (isSpent && !smaller?.spares) return { next: { status: "exhausted" } }
      const wait = Duration.max(backoff(policy, claim.attempt, chance), asked)
      return {
        next: { status: "pending", dueAt: DateTime.addDuration(now, wait), burnt: !isSpent, together }
      }
    }
  }
}

/**
 * The wait after the given attempt (1 for the first), by chance from nothing to all of it.
 *
 * @category deciding
 */
export const backoff = (policy: RetryPolicy, attempt: number, chance: number): Duration.Duration => {
  const ceiling = Math.min(Duration.toMillis(policy.cap), Duration.toMillis(policy.base) * 2 ** (attempt - 1))
  return Duration.min(Duration.millis(chance * ceiling), longestBackoff)
}
