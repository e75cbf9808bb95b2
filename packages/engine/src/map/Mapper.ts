/** Turns stored webhooks into invitations. Sources take turns, and within a source the oldest webhook goes first. */
import { Cause, DateTime, Duration, Effect, Layer, PubSub, SubscriptionRef } from "effect"
import type { Webhook } from "@usher/model/Webhook"
import { Spots } from "../dispatch/Spots.ts"
import { Inbox } from "../ports/Inbox.ts"
import type { Mapped, Terms } from "../ports/Mapped.ts"
import { backgroundThrottle } from "../runtime/backgroundThrottle.ts"
import { monotonic } from "../runtime/monotonic.ts"
import { supervise, working } from "../runtime/supervise.ts"
import { spanFrom, withoutStack } from "../runtime/trace.ts"
import { Expressions, layer as layerExpressions } from "../source/Expressions.ts"
import { readable } from "../source/people.ts"
import type { Source } from "../source/Source.ts"
import { Sources } from "../source/Sources.ts"
import * as Import from "./Import.ts"
import { mapEvent } from "./mapEvent.ts"
import { mapping } from "./metrics.ts"
import { sharing } from "./sharing.ts"

/** The number of webhooks per turn, usually and while deliveries arrive. */
const batch = { usual: 100, busy: 8 }

/** A database that disappears without closing its connections sends neither an answer nor an error. */
const queryTimeout = "10 seconds"

/** The maximum number of imports per turn. Each names many people, and one commit should not delay other webhooks. */
const importsAtOnce = 2

/** In milliseconds. The loop finds work of other processes after this time even if a signal was lost. */
const maxPollInterval = 30_000

/**
 * Maps while the layer exists. A webhook whose source was removed becomes `unmappable`.
 *
 * @category layers
 */
export const layer: Layer.Layer<never, never, Inbox | Sources | Spots> = Layer.effectDiscard(
  Effect.gen(function* () {
    const inbox = yield* Inbox
    const sources = yield* Sources
    const spots = yield* Spots
    const signals = yield* inbox.signals("received")
    const metrics = yield* mapping
    const { isBusy, throttled } = yield* backgroundThrottle
    const shares = sharing(yield* Expressions)

    const mapOne = Effect.fnUntraced(function* (webhook: Webhook, source: Source | undefined) {
      const wanted = terms(webhook, source)
      const memberId = (yield* SubscriptionRef.get(spots.present)).get(wanted.spot)?.memberId
      const mapped = yield* run(inbox, webhook, source, memberId)
      yield* inbox.map(webhook, mapped, wanted)
      metrics.mapped(webhook.source, mapped.status)
      const invitations = mapped.status === "mapped" ? mapped.invitations.length : 0
      yield* Effect.logInfo(`webhook ${mapped.status}`).pipe(
        Effect.annotateLogs({ "webhook.id": webhook.id, "webhook.source": webhook.source, invitations })
      )
    })

    const mapInTrace = (webhook: Webhook, source: Source | undefined) =>
      Effect.withSpan(mapOne(webhook, source), "Mapper.map", {
        ...spanFrom(webhook.traceparent),
        attributes: { "webhook.id": webhook.id, "webhook.source": webhook.source },
        ...withoutStack
      })

    /**
     * Returns whether there may be more to map now. There is not if fewer than the limit waited and all of them were
     * mapped.
     */
    const turn = Effect.gen(function* () {
      const resting = shares.resting(yield* monotonic)
      const size = isBusy() ? batch.busy : batch.usual
      const webhooks = yield* Effect.timeout(inbox.received(size, resting), queryTimeout)
      const current = yield* sources.current
      const some = webhooks.filter(({ lane }, index) => lane !== "import" || index < importsAtOnce)
      // Concurrently, so that they share a commit.
      const isMapped = yield* Effect.forEach(
        some,
        (webhook) =>
          mapInTrace(webhook, current.get(webhook.source)).pipe(
            Effect.provideService(Expressions, shares.expressionsFor(webhook.source)),
            Effect.as(true),
            orLater
          ),
        { concurrency: "unbounded" }
      )
      shares.end(yield* monotonic)
      const mapped = isMapped.filter(Boolean).length
      return webhooks.length === size || mapped < webhooks.length
    })

    const drain: Effect.Effect<unknown, unknown> = Effect.gen(function* () {
      const isMore = yield* throttled(turn)
      yield* working
      if (isMore) return
      const untilRested = shares.untilRested(yield* monotonic)
      yield* Effect.timeoutOption(PubSub.take(signals), Math.min(maxPollInterval, untilRested))
    })

    yield* Effect.forkScoped(supervise("Mapper", drain))
  })
).pipe(Layer.provide(layerExpressions))

/** A webhook whose source has used up its share stays `received`, and is mapped in a later turn. */
const orLater = <E, R>(self: Effect.Effect<boolean, E, R>): Effect.Effect<boolean, E, R> =>
  Effect.catchCauseIf(self, Cause.hasInterruptsOnly, () => Effect.succeed(false))

const run = (
  inbox: Inbox["Service"],
  webhook: Webhook,
  source: Source | undefined,
  memberId: RegExp | undefined
) => {
  const people = Import.read(webhook)
  if (people !== undefined) return Effect.succeed(readable(Import.mapped(people), memberId))
  if (source !== undefined) return mapEvent(inbox, webhook, source, source.mapping, memberId)
  const reason = `the source ${webhook.source} was removed from the configuration`
  return Effect.succeed<Mapped>({ status: "unmappable", reason })
}

/** How to store the invitations of the source. */
const terms = (webhook: Webhook, source: Source | undefined): Terms => {
  const people = Import.read(webhook)
  if (people !== undefined) return { spot: people.spot }
  const { spot = "", expires, reinviteAfter } = source ?? {}
  return {
    spot,
    mappingVersion: source?.mapping.version,
    reinviteAfter,
    ...deadline(webhook, expires)
  }
}

const deadline = (
  webhook: Webhook,
  expires: Source["expires"]
): Pick<Terms, "expiresAt" | "expiresWithLive"> => {
  if (expires === undefined) return {}
  if (Duration.isDuration(expires)) return { expiresAt: DateTime.addDuration(webhook.receivedAt, expires) }
  return DateTime.isDateTime(expires) ? { expiresAt: expires } : { expiresWithLive: true }
}
