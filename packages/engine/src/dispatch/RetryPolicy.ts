/** Retry policies as data, and how each outcome of an attempt changes the invitation and the Spot. */
import { DateTime, Duration, Schema } from "effect"
import { InviteError, MeltingSpotConfig, Participant } from "@usher/core"
import type { Claim } from "../ports/Claiming.ts"
import type { Outcome, Result } from "../ports/Settling.ts"

/**
 * Exponential backoff with full jitter. The wait before attempt n + 1 is random between zero and `min(cap, base * 2 **
 * (n - 1))`.
 *
 * @category models
 */
export const RetryPolicy = Schema.Struct({
  /** The longest wait after the first failure. It doubles with each further failure. */
  base: Schema.DurationFromString,
  /** The longest wait between two attempts. */
  cap: Schema.DurationFromString,
  /** The number of counted attempts, including the first, after which the invitation is `exhausted`. */
  maxAttempts: Schema.Int.check(Schema.isGreaterThan(0)),
  /**
   * The longest time since the invitation was created or replayed. After it, the invitation is `exhausted` at its next
   * failure.
   */
  maxAge: Schema.DurationFromString,
  /** The longest wait that a response can request (`Retry-After`, rate limit headers). Default: 1 hour. */
  maxRetryAfter: Schema.optionalKey(Schema.DurationFromString)
})

/**
 * When failed invitations are retried, and when they are exhausted.
 *
 * @category models
 */
export interface RetryPolicy extends Schema.Schema.Type<typeof RetryPolicy> {}

/**
 * Covers an outage of three days.
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
 * The next state of an invitation, and the action for its Spot or Live.
 *
 * @category models
 */
export interface Decision {
  /** The next state of the invitation. */
  readonly next: Outcome["next"]
  /** The action for the Spot or the Live. Undefined if there is none. */
  readonly spotAction?: SpotAction
}

/**
 * An action beyond the invitation. `Pauses`: the upstream does not accept the Spot's key. `Cooldown`: the Spot must
 * wait. `Parks`: the Live does not exist. `Shrinks`: calls have too many members.
 *
 * @category models
 */
export type SpotAction =
  | {
      readonly _tag: "Pause"
      /** Why the Spot is paused. */
      readonly reason: string
    }
  | {
      readonly _tag: "Cooldown"
      /** The wait that the upstream requested, if any. */
      readonly requestedWait: Duration.Duration | undefined
    }
  | {
      readonly _tag: "ParkLive"
      /** The Live that the upstream does not know. */
      readonly liveId: string
    }
  | {
      readonly _tag: "ReduceBatch"
      /** The maximum number of members of further calls. */
      readonly members: number
    }

/** The cooldown after a first 429 without `Retry-After`. */
const firstCooldown = Duration.seconds(10)

/** The longest cooldown, unless the upstream requests more. A day of 429s takes about 150 calls. */
const maxCooldown = Duration.minutes(10)

/** The lowest batch size that a 413 sets for all later calls. */
const minShrunkBatch = 10

/** The shortest cooldown. A `Retry-After` of zero or in the past must not cause a loop without pauses. */
const minCooldown = Duration.seconds(1)

/** The longest backoff, whatever the policy's cap is: a due time must be a valid date. */
const maxBackoff = Duration.days(36_500)

/**
 * The wait that a response requested, capped by the policy. Undefined if it requested none.
 *
 * @category deciding
 */
export const bounded = (
  { maxRetryAfter = MeltingSpotConfig.maxRetryAfter }: RetryPolicy,
  asked: Duration.Duration | undefined
): Duration.Duration | undefined =>
  asked === undefined ? undefined : Duration.clamp(asked, { minimum: Duration.zero, maximum: maxRetryAfter })

/**
 * The cooldown after this many 429s, from 1, where each but the first refused a probe: 10 seconds, 20, 40 and so on to
 * 10 minutes, and at least what the upstream requested. Only a first `Retry-After` can be shorter.
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
  const own = Duration.min(Duration.times(firstCooldown, 2 ** Math.min(refusals - 1, 20)), maxCooldown)
  const wait = refusals <= 1 ? (wanted ?? own) : Duration.max(wanted ?? Duration.zero, own)
  return Duration.max(Duration.min(wait, maxRetryAfter), minCooldown)
}

/**
 * How an invitation is retried after a bulk call without a response. `AtOnce` does not count as an attempt.
 *
 * @category models
 */
export type Smaller =
  | { readonly maxBatchSize: number; readonly when: "AtOnce" }
  | {
      /** The maximum number of members of the smaller calls. */
      readonly maxBatchSize: number
      /** When they are due. */
      readonly when: "AfterBackoff"
      /** Whether the invitation is not `exhausted` yet, because another member may be the cause. */
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
  /** The number of members of the call. */
  readonly members: number
  /** The time of the decision. */
  readonly now: DateTime.Utc
  /** How to retry if there was no response and the call may have been too large. Default: unchanged. */
  readonly smaller?: Smaller | undefined
  /** Jitter from 0 to 1. All members of a call share it, so that they can be sent together again. */
  readonly jitter: number
}

/**
 * The next state of an invitation for each outcome of an attempt.
 *
 * @category deciding
 */
export const decide = (
  policy: RetryPolicy,
  { claim, result, members, now, jitter, smaller }: Ended
): Decision => {
  if (result instanceof Participant.Participant) return { next: { status: "invited" } }
  /** The attempt does not count, because it says nothing about this invitation. */
  const notCounted: Outcome["next"] = { status: "pending", dueAt: now, countsAsAttempt: false }
  if (result === "Unlisted") return { next: { ...notCounted, maxBatchSize: 1 } }
  const half = Math.ceil(members / 2)
  switch (result._tag) {
    case "UndecodableAnswer":
      return { next: { status: "invited" } }
    case "AlreadyInvited":
      return { next: { status: "already_invited" } }
    case "MalformedPayload":
    case "UnexpectedStatus":
      return { next: members > 1 ? { ...notCounted, maxBatchSize: half } : { status: "rejected" } }
    case "PayloadTooLarge":
      return members > 1
        ? {
            next: { ...notCounted, maxBatchSize: half },
            // A smaller call is more likely refused because of a member.
            ...(half < minShrunkBatch ? {} : { spotAction: { _tag: "ReduceBatch", members: half } })
          }
        : { next: { status: "rejected" } }
    case "Unauthorized":
      return { next: notCounted, spotAction: { _tag: "Pause", reason: result.message } }
    case "LiveNotFound":
      return { next: notCounted, spotAction: { _tag: "ParkLive", liveId: claim.invitation.liveId } }
    case "RateLimited":
      return {
        next: notCounted,
        spotAction: { _tag: "Cooldown", requestedWait: bounded(policy, result.retryAfter) }
      }
    case "UpstreamUnavailable": {
      const asked = bounded(policy, InviteError.retryAfter(result)) ?? Duration.zero
      const maxBatchSize = smaller?.maxBatchSize
      if (smaller?.when === "AtOnce")
        return { next: { ...notCounted, dueAt: DateTime.addDuration(now, asked), maxBatchSize } }
      const age = DateTime.distance(claim.requestedAt, now)
      const isSpent = claim.attempt >= policy.maxAttempts || Duration.isGreaterThan(age, policy.maxAge)
      if (isSpent && !smaller?.spares) return { next: { status: "exhausted" } }
      const wait = Duration.max(backoff(policy, claim.attempt, jitter), asked)
      return {
        next: {
          status: "pending",
          dueAt: DateTime.addDuration(now, wait),
          countsAsAttempt: !isSpent,
          maxBatchSize
        }
      }
    }
  }
}

/**
 * The wait after this attempt (1 for the first), with full jitter.
 *
 * @category deciding
 */
export const backoff = (policy: RetryPolicy, attempt: number, jitter: number): Duration.Duration => {
  const ceiling = Math.min(Duration.toMillis(policy.cap), Duration.toMillis(policy.base) * 2 ** (attempt - 1))
  return Duration.min(Duration.millis(jitter * ceiling), maxBackoff)
}
