/** Makes one call, decides what its results mean, and settles it. */
import { Array, Cause, DateTime, Duration, Effect, Random } from "effect"
import type { Call, Claim } from "../ports/Claiming.ts"
import type { Outcome, Result } from "../ports/Settling.ts"
import { Inbox } from "../ports/Inbox.ts"
import { SpotControl } from "../ports/SpotControl.ts"
import { monotonic } from "../runtime/monotonic.ts"
import { spanOf, withoutStack } from "../runtime/trace.ts"
import { ofCause, Troubles } from "../runtime/Troubles.ts"
import type { breaking } from "./breaking.ts"
import { growing } from "./growing.ts"
import type { Keeper } from "./keeping.ts"
import { dispatching } from "./metrics.ts"
import * as RetryPolicy from "./RetryPolicy.ts"
import type { Splitting } from "./splitting.ts"
import type { Spot } from "./Spots.ts"

/**
 * In milliseconds. A lease is 90 s longer than a call can take. A call that started later than this could outlast it.
 */
const stale = 60_000

/** The conditions of a call. */
export interface Terms {
  readonly spot: Spot
  /** When the claim started, in milliseconds of this process's monotonic clock. Its leases start no earlier. */
  readonly claimedAt: number
  /** Whether the call probes if the upstream accepts calls again, for a paused Spot or after a cooldown. */
  readonly isProbe: boolean
}

export const calling = Effect.fnUntraced(function* (
  breaker: Effect.Success<typeof breaking>,
  keeper: Keeper,
  splitting: Splitting
) {
  const inbox = yield* Inbox
  const control = yield* SpotControl
  const metrics = yield* dispatching
  const troubles = yield* Troubles
  const batches = growing(control)

  const giveBack = ({ spot, isProbe }: Terms, { claims }: Call, isCalled: boolean) =>
    Effect.forEach(claims, (claim) => inbox.release(claim, { isCalled }), { discard: true }).pipe(
      Effect.andThen(isProbe ? control.deferProbe(spot.name) : Effect.void),
      Effect.catchCause((cause) => troubles.failed(ofCause("Giving invitations back", cause)))
    )

  /**
   * Applies an action to the whole Spot. It runs before the invitations are due again, or they would be sent
   * before it takes effect.
   */
  const applySpotAction = Effect.fnUntraced(function* (
    { spot: { name, retry }, isProbe }: Terms,
    spotAction: RetryPolicy.SpotAction,
    now: DateTime.Utc
  ) {
    switch (spotAction._tag) {
      case "Pause":
        yield* control.pause(name, "upstream", spotAction.reason)
        return yield* Effect.logError(`Spot ${name} paused: ${spotAction.reason}`)
      case "Cooldown": {
        const { requestedWait } = spotAction
        const waitAfter = (refusals: number) => RetryPolicy.cooldown(retry, refusals, requestedWait)
        const { began, wait } = yield* control.refused(name, { isProbe, requestedWait, waitAfter })
        const said = `Spot ${name} is in cooldown for ${Duration.format(wait)}: MeltingSpot limits the rate (429)`
        return yield* began ? Effect.logWarning(said) : Effect.logDebug(said)
      }
      case "ParkLive": {
        const { until } = yield* control.park(
          name,
          spotAction.liveId,
          DateTime.subtractDuration(now, retry.maxAge)
        )
        return yield* Effect.logWarning(
          `Live ${spotAction.liveId} is parked until ${DateTime.formatIso(until)}: MeltingSpot does not know it`
        )
      }
      case "ReduceBatch":
        return yield* batches.refused(name, spotAction.members, now)
    }
  })

  /** Applies what a response proves: a refused key is accepted again, or a parked Live exists. */
  const recover = Effect.fnUntraced(function* (
    { spot, isProbe }: Terms,
    { isLiveProbe, claims }: Call,
    { results: [result], now }: Made
  ) {
    const [claim] = claims
    const tag = errorTag(result)
    if (tag === "Unauthorized" || tag === "UpstreamUnavailable" || tag === "RateLimited") {
      if (isProbe && tag !== "RateLimited") {
        yield* control.deferProbe(spot.name, (refusals) =>
          RetryPolicy.cooldown(spot.retry, refusals, undefined)
        )
      }
      return
    }
    if (isProbe) {
      const { resumed, cooledDown } = yield* control.recovered(spot.name)
      if (resumed) yield* Effect.logInfo(`Spot ${spot.name} resumed: its key is accepted`)
      if (cooledDown)
        yield* Effect.logInfo(`Spot ${spot.name}: the cooldown ended, MeltingSpot accepts calls`)
    }
    if (isLiveProbe && tag !== "LiveNotFound") {
      yield* control.unpark(spot.name, claim.invitation.liveId)
      yield* Effect.logInfo(`Live ${claim.invitation.liveId} is no longer parked`)
    }
    if (tag === undefined || !refusals.has(tag)) yield* batches.answered(spot, now)
  })

  /** How to retry each member, if not in a call of the same size. */
  const split = Effect.fnUntraced(function* (
    spot: Spot,
    call: Call,
    { results: [result], startedAt, now }: Made,
    jitter: number
  ) {
    const tag = errorTag(result)
    if (tag === "UpstreamUnavailable") {
      const isClosed = yield* breaker.isClosed(spot.name)
      return splitting.failed({ spot, call, now, jitter, isClosed })
    }
    if (tag !== "RateLimited" && tag !== "Unauthorized")
      splitting.answered(spot, call, { startedAt, isRefused: tag !== undefined && refusals.has(tag) })
    return []
  })

  const settle = Effect.fnUntraced(function* (terms: Terms, call: Call, ended: Made) {
    const { results, now, ...made } = ended
    const { spot } = terms
    const jitter = yield* Random.next
    const smaller = yield* split(spot, call, ended, jitter)
    const members = call.claims.length
    let spotAction: RetryPolicy.SpotAction | undefined
    const outcomes = Array.map(call.claims, (claim, index): Outcome => {
      const result = results[index] ?? "Unlisted"
      const decided = RetryPolicy.decide(spot.retry, {
        claim,
        result,
        members,
        now,
        jitter,
        smaller: smaller[index]
      })
      spotAction ??= decided.spotAction
      return { claim, result, next: decided.next }
    })
    const settlement = { ...made, reservation: call.reservation, outcomes }
    /** Steps that are done already when `store` is repeated. */
    let [isHeeded, isSettled] = [spotAction === undefined, false]
    const store = Effect.gen(function* () {
      if (spotAction !== undefined && !isHeeded) yield* applySpotAction(terms, spotAction, now)
      isHeeded = true
      if (!isSettled) {
        const held = yield* inbox.settle(settlement)
        isSettled = true
        metrics.called({ spot: spot.name, duration: made.duration, outcomes, held, now })
        yield* logOutcomes(outcomes, held)
      }
      yield* recover(terms, call, ended)
    })
    yield* keeper.store({ spot: spot.name, claims: call.claims, store })
  })

  const attempt = Effect.fnUntraced(function* (terms: Terms, call: Call) {
    const startedAt = yield* DateTime.now
    // This relay may have been frozen since the claim, and a new leader may have sent them.
    const begun = yield* monotonic
    if (begun - terms.claimedAt > stale) return yield* Effect.logWarning("call skipped: its lease is too old")
    const { traceId } = yield* Effect.currentSpan
    const tellsNothing = splitting.isSuspected(terms.spot.name, call)
    const guarded = Effect.timed(breaker.guard(terms.spot, request(terms.spot, call.claims), tellsNothing))
    // Once the response has arrived, nothing interrupts the call before it is stored or kept in memory.
    const [duration, results] = yield* Effect.onInterrupt(Effect.interruptible(guarded), () =>
      giveBack(terms, call, true)
    )
    if (results === undefined) return yield* giveBack(terms, call, false)
    const now = yield* DateTime.now
    // All time since the reservation, including any time in which the process was frozen.
    const passed = (yield* monotonic) - (call.reservation?.since ?? begun)
    const waited = Duration.millis(Math.max(0, passed - Duration.toMillis(duration)))
    yield* settle(terms, call, { startedAt, waited, duration, traceId, results, now })
  }, Effect.uninterruptible)

  return (terms: Terms, call: Call) =>
    attempt(terms, call).pipe(
      Effect.withSpan("Dispatcher.dispatch", spanOf(terms.spot.name, call.claims), withoutStack),
      // Not given back: a defect in the relay would fail again and again without a pause.
      Effect.catchCauseIf(
        (cause) => !Cause.hasInterruptsOnly(cause),
        (cause) =>
          Effect.logError(
            "A call failed with an internal error. Its invitations are due again when their leases end",
            cause
          )
      )
    )
})

/** A call that was made. */
interface Made {
  readonly startedAt: DateTime.Utc
  /** The time since the reservation, without the call itself. */
  readonly waited: Duration.Duration
  readonly duration: Duration.Duration
  readonly traceId: string
  readonly results: ReadonlyArray<Result>
  /** When it ended. */
  readonly now: DateTime.Utc
}

/** Returns a result for each claim, in order. */
const request = ({ participants }: Spot, claims: Call["claims"]): Effect.Effect<ReadonlyArray<Result>> => {
  const [{ invitation }, ...others] = claims
  if (others.length === 0) {
    return participants.invite(invitation).pipe(
      Effect.catch((error) => Effect.succeed(error)),
      Effect.map((result) => [result])
    )
  }
  return participants
    .inviteBulk({ ...invitation, members: claims.map((claim) => claim.invitation.member) })
    .pipe(
      Effect.map((answers) => answers.map((answer): Result => answer ?? "Unlisted")),
      Effect.catch((error) => Effect.succeed(claims.map(() => error)))
    )
}

/** Logs one line for a call. It contains ids, and no personal data. */
const logOutcomes = Effect.fnUntraced(function* (
  outcomes: ReadonlyArray<Outcome>,
  held: ReadonlyArray<boolean>
) {
  const [first] = outcomes
  if (first === undefined) return
  const counts: Record<string, number> = {}
  for (const [index, { next }] of outcomes.entries()) {
    const what = held[index] === true ? next.status : "taken over by another dispatcher"
    counts[what] = (counts[what] ?? 0) + 1
  }
  const said = Object.entries(counts).map(([what, count]) =>
    outcomes.length === 1 ? what : `${count} ${what}`
  )
  const error = outcomes.map(({ result }) => errorTag(result)).find((tag) => tag !== undefined)
  yield* Effect.logInfo(`${outcomes.length === 1 ? "invitation" : "invitations"} ${said.join(", ")}`).pipe(
    Effect.annotateLogs({
      ...(outcomes.length === 1 ? idsOf(first.claim) : { members: outcomes.length }),
      "live.id": first.claim.invitation.liveId,
      ...(error === undefined ? {} : { error })
    })
  )
})

const idsOf = ({ id, attempt }: Claim) => ({ "invitation.id": id, attempt })

/** Errors that can concern the members or the size of a bulk call. */
const refusals: ReadonlySet<string> = new Set([
  "MalformedPayload",
  "PayloadTooLarge",
  "UnexpectedStatus",
  "LiveNotFound"
])

const errorTag = (result: Result | undefined): string | undefined =>
  typeof result === "object" && "_tag" in result ? result._tag : undefined
