/** Purges old data automatically, so that personal data is not kept forever. */
import { Clock, DateTime, Duration, Effect, Layer, Pull, Stream } from "effect"
import * as Invitation from "@usher/model/Invitation"
import * as Webhook from "@usher/model/Webhook"
import type { Inbox, InboxUnavailable } from "../ports/Inbox.ts"
import { Operations, type PurgeOptions } from "../ports/Operations.ts"
import { backgroundThrottle } from "../runtime/backgroundThrottle.ts"
import { supervise, working } from "../runtime/supervise.ts"

/**
 * How long the relay keeps processed data.
 *
 * @category options
 */
export interface Options {
  /**
   * How long a mapped, ignored or unmappable webhook keeps its body and headers after it was received. Its delivery id
   * and a keyed hash of the body stay, so that a redelivery is still a duplicate. `Duration.infinity` keeps
   * them. Default: 90 days.
   */
  readonly webhooks?: Duration.Duration | undefined
  /** How long an invitation and its attempts are kept after it ended. Default: forever. */
  readonly invitations?: Duration.Duration | undefined
}

/**
 * The default of `Options.webhooks`.
 *
 * @category constants
 */
export const keepWebhooks: Duration.Duration = Duration.days(90)

/** How often the layer purges. */
const interval = "1 hour"

/**
 * Purges when the layer is built, and every hour. A purge runs in small steps, and pauses between them while deliveries
 * arrive.
 *
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<never, never, Operations | Inbox> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const operations = yield* Operations
      const { throttled } = yield* backgroundThrottle

      /** Runs the steps, and returns how many items they purged. */
      const run = Effect.fnUntraced(function* (steps: Stream.Stream<number, InboxUnavailable>) {
        let purged = 0
        const step = Effect.map(yield* Stream.toPull(steps), (counts) => {
          for (const count of counts) purged += count
        })
        return yield* Pull.catchDone(Effect.forever(throttled(step)), () => Effect.sync(() => purged))
      }, Effect.scoped)

      const purge = Effect.fnUntraced(function* (
        age: Duration.Duration | undefined,
        what: Omit<PurgeOptions, "before">
      ) {
        if (age === undefined || !Duration.isFinite(age)) return
        const now = yield* Clock.currentTimeMillis
        const before = DateTime.makeUnsafe(Math.max(0, now - Duration.toMillis(age)))
        const purged = yield* run(operations.purge({ ...what, before }))
        if (purged > 0) {
          yield* Effect.logInfo("purged old data").pipe(
            Effect.annotateLogs({ purged, before: DateTime.formatIso(before) })
          )
        }
      })
      const round = Effect.gen(function* () {
        yield* purge(options.webhooks ?? keepWebhooks, {
          webhooks: Webhook.FinishedStatus.literals
        })
        yield* purge(options.invitations, { invitations: Invitation.FinishedStatus.literals })
        yield* working
        yield* Effect.sleep(interval)
      })
      yield* Effect.forkScoped(supervise("Purging", round))
    })
  )
