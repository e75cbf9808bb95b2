/**
 * Sends due invitations and settles each attempt: one loop for each Spot.
 */
import { Clock, DateTime, Duration, Effect, Fiber, FiberSet, Layer, PubSub, Ref, Semaphore } from "effect"
import { type LiveParticipants, Participant } from "@usher/core"
import type { Claim } from "./Dispatch.ts"
import { Inbox } from "./Inbox.ts"
import { supervise } from "./internal/supervise.ts"
import { spanFrom } from "./internal/trace.ts"
import * as RetryPolicy from "./RetryPolicy.ts"
import { Spots } from "./Spots.ts"

/**
 * @category options
 * @since 0.1.0
 */
export interface Options {
  readonly retry?: RetryPolicy.RetryPolicy | undefined
  /** How many calls of one Spot may be under way at once. Default 8. */
  readonly concurrency?: number | undefined
  /** How long calls under way may go on when the relay stops. Default 5 seconds. */
  readonly grace?: Duration.Input | undefined
}

/** Longer than any attempt can last, so that a lease that ends means a dispatcher that died. */
const lease = Duration.minutes(2)

/** The longest sleep: work that another process stored is found after this. */
const longestNap = Duration.seconds(30)

/**
 * Dispatches for as long as the layer lives. When it ends, calls under way may finish within the grace; those that do
 * not are given back and will be sent again.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<never, never, Inbox | Spots> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const spots = yield* Spots
      yield* Effect.forEach(spots.all, ([name, participants]) => dispatcher(name, participants, options), {
        discard: true
      })
    })
  )

const dispatcher = Effect.fnUntraced(function* (
  spot: string,
  participants: LiveParticipants.LiveParticipants["Service"],
  options: Options
) {
  const { retry = RetryPolicy.standard, concurrency = 8, grace = "5 seconds" } = options
  const inbox = yield* Inbox
  const signals = yield* inbox.signals
  const running = yield* FiberSet.make<void>()
  const capacity = yield* Semaphore.make(concurrency)
  const restsUntil = yield* Ref.make(0)

  const dispatch = Effect.fnUntraced(function* (claim: Claim) {
    const attempt = Effect.gen(function* () {
      const startedAt = yield* DateTime.now
      const traceId = yield* Effect.map(Effect.currentSpan, (span) => span.traceId)
      const [duration, result] = yield* participants.invite(claim.invitation).pipe(
        Effect.catch((error) => Effect.succeed(error)),
        Effect.timed
      )
      const { next, spotRests } = yield* RetryPolicy.decide(retry, claim, result)
      yield* Effect.annotateCurrentSpan("invitation.status", next.status)
      const [settled] = yield* Effect.uninterruptible(
        inbox.settle({ startedAt, duration, traceId, outcomes: [{ claim, result, next }] })
      )
      if (spotRests !== undefined) {
        yield* Ref.set(restsUntil, (yield* Clock.currentTimeMillis) + Duration.toMillis(spotRests))
        yield* Effect.logWarning(`Spot ${spot} rests for ${Duration.format(spotRests)}: ${String(result)}`)
      }
      yield* Effect.logInfo(
        settled ? `invitation ${next.status}` : "invitation was taken over by another dispatcher"
      ).pipe(
        Effect.annotateLogs({
          "invitation.id": claim.id,
          "live.id": claim.invitation.liveId,
          attempt: claim.attempt,
          ...(result instanceof Participant.Participant ? {} : { error: result._tag })
        })
      )
    })
    yield* attempt.pipe(
      Effect.onInterrupt(() => Effect.ignore(inbox.release(claim))),
      Effect.withSpan("Dispatcher.dispatch", {
        ...spanFrom(claim.traceparent),
        attributes: {
          spot,
          "invitation.id": claim.id,
          "live.id": claim.invitation.liveId,
          attempt: claim.attempt
        }
      }),
      // Not given back: what failed for a reason of ours would be claimed, and fail, again and again without a rest.
      Effect.catchCause((cause) =>
        Effect.logError("invitation not settled, it is due again when its lease ends", cause)
      )
    )
  })

  const nap = Effect.gen(function* () {
    const due = yield* inbox.nextDue(spot)
    const now = yield* Clock.currentTimeMillis
    const wait =
      due === undefined ? longestNap : Duration.millis(Math.max(1, DateTime.toEpochMillis(due) - now))
    yield* Effect.raceFirst(PubSub.take(signals), Effect.sleep(Duration.min(wait, longestNap)))
  })

  const step = Effect.gen(function* () {
    const rest = (yield* Ref.get(restsUntil)) - (yield* Clock.currentTimeMillis)
    if (rest > 0) return yield* Effect.sleep(Duration.millis(rest))
    yield* capacity.withPermit(Effect.void)
    const free = concurrency - (yield* FiberSet.size(running))
    if (free <= 0) return
    yield* Effect.uninterruptible(
      Effect.gen(function* () {
        const claims = yield* inbox.claim({ spot, limit: free, lease })
        for (const claim of claims) {
          yield* FiberSet.run(running, capacity.withPermit(Effect.interruptible(dispatch(claim))))
        }
        return claims.length
      })
    ).pipe(Effect.flatMap((claimed) => (claimed === 0 ? nap : Effect.void)))
  })

  // Acquiring and releasing are uninterruptible: the loop, and the waiting for its calls, must not be.
  const loop = Effect.interruptible(supervise(`Dispatcher of Spot ${spot}`, step))
  yield* Effect.acquireRelease(Effect.forkDetach(loop), (fiber) =>
    Fiber.interrupt(fiber).pipe(
      Effect.andThen(FiberSet.awaitEmpty(running)),
      Effect.interruptible,
      Effect.timeoutOption(grace)
    )
  )
})
