/** Purges old data automatically, so that personal data is not kept forever. */
import { DateTime, Duration, Effect, Layer, Stream } from "effect"
import * as Invitation from "@usher/model/Invitation"
import * as Webhook from "@usher/model/Webhook"
import { Operations, type PurgeOptions } from "../ports/Operations.ts"
import { supervise, working } from "../runtime/supervise.ts"

/**
 * How long the relay keeps processed data.
 *
 * @category options
 */
export interface Options {
  /**
   * How long a mapped, ignored or unmappable webhook keeps its body and headers after it was received. Its delivery id
   * and a keyed hash of the body stay, so that a redelivery is still a duplicate. Default: 90 days.
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
 * Purges when the layer is built, and every hour. A purge runs in small steps beside the work of the relay.
 *
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<never, never, Operations> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const operations = yield* Operations
      const purge = Effect.fnUntraced(function* (
        age: Duration.Duration | undefined,
        what: Omit<PurgeOptions, "before">
      ) {
        if (age === undefined) return
        const before = DateTime.subtractDuration(yield* DateTime.now, age)
        yield* Stream.runDrain(operations.purge({ ...what, before }))
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
