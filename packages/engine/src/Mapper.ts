/**
 * Turns stored webhooks into invitations, oldest first.
 */
import { Effect, Layer, Predicate, PubSub, Result, Schema } from "effect"
import { Inbox } from "./Inbox.ts"
import { supervise } from "./internal/supervise.ts"
import { spanFrom } from "./internal/trace.ts"
import type { Source } from "./Source.ts"
import type { Mapped, Webhook } from "./Webhook.ts"

const batch = 100

/**
 * Maps for as long as the layer lives. A webhook of a source that is not there any more becomes `unmappable`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (sources: ReadonlyMap<string, Source>): Layer.Layer<never, never, Inbox> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const inbox = yield* Inbox
      const signals = yield* inbox.signals

      const mapOne = Effect.fnUntraced(function* (webhook: Webhook) {
        const source = sources.get(webhook.source)
        const mapped = yield* run(webhook, source).pipe(
          Effect.withSpan("Mapper.map", {
            ...spanFrom(webhook.traceparent),
            attributes: { "webhook.id": webhook.id, "webhook.source": webhook.source }
          })
        )
        yield* inbox.map(webhook, source?.spot ?? "", mapped)
        const invitations = mapped.status === "mapped" ? mapped.invitations.length : 0
        yield* Effect.logInfo(`webhook ${mapped.status}`).pipe(
          Effect.annotateLogs({ "webhook.id": webhook.id, "webhook.source": webhook.source, invitations })
        )
      })

      const drain: Effect.Effect<void, unknown> = Effect.gen(function* () {
        const webhooks = yield* inbox.received(batch)
        if (webhooks.length === 0) return yield* PubSub.take(signals)
        return yield* Effect.forEach(webhooks, mapOne, { discard: true })
      })

      yield* Effect.forkScoped(supervise("Mapper", drain))
    })
  )

const parse = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Unknown))

const run = (webhook: Webhook, source: Source | undefined): Effect.Effect<Mapped> => {
  if (source === undefined) {
    return Effect.succeed({
      status: "unmappable",
      reason: `no source ${webhook.source} is configured any more`
    })
  }
  const body = parse(new TextDecoder().decode(webhook.body))
  return Result.isFailure(body)
    ? Effect.succeed({ status: "unmappable", reason: "the body is not JSON" })
    : source
        .mapping({ source: webhook.source, body: body.success, headers: webhook.headers })
        .pipe(Effect.catchDefect((defect) => Effect.succeed(died(defect))))
}

/** A program's mapping that throws must not hold up the webhooks behind it. What it says may be a person's data. */
const died = (defect: unknown): Mapped => ({
  status: "unmappable",
  reason: `the mapping threw ${Predicate.isError(defect) ? defect.name : typeof defect}: mend the program`
})
