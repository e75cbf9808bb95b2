/**
 * Turns stored webhooks into invitations, oldest first.
 */
import { Clock, DateTime, Duration, Effect, Layer, Predicate, PubSub, Schema } from "effect"
import { Invitation } from "@usher/core"
import { Expressions } from "./Expressions.ts"
import * as Import from "./Import.ts"
import { Inbox, type InboxUnavailable } from "./Inbox.ts"
import { echoOf } from "./internal/echo.ts"
import { mapping } from "./internal/metrics/mapping.ts"
import { supervise } from "./internal/supervise.ts"
import { spanFrom, withoutStack } from "./internal/trace.ts"
import type { Source } from "./Source.ts"
import { Sources } from "./Sources.ts"
import type { Mapped, Terms, Webhook } from "./Webhook.ts"
import { performance } from "node:perf_hooks"

const batch = 100

/**
 * While deliveries come in, so few are mapped at a time, and when nothing of the event loop is left, a look for work is followed
 * by a rest of so many times its length: a sender waits, the mapping can.
 */
const givesWay = { batch: 8, rests: 19 }

/** Up to this share of its time the event loop has enough left. */
const relaxed = 0.5

/** Milliseconds. */
const longestRest = 1_000

/** A database that was lost without a word gives no answer, nor an error. */
const longestLook = "10 seconds"

/** Each of them names many people, and one commit should not hold up what comes meanwhile. */
const importsAtOnce = 2

/** What another process stored is found after this, whether its signal came through or not. */
const longestNap = "30 seconds"

/**
 * Maps for as long as the layer lives. A webhook of a source that is not there any more becomes `unmappable`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<never, never, Inbox | Sources> = Layer.effectDiscard(
  Effect.gen(function* () {
    const inbox = yield* Inbox
    const sources = yield* Sources
    const signals = yield* inbox.signals
    const metrics = yield* mapping

    const mapOne = Effect.fnUntraced(function* (webhook: Webhook, source: Source | undefined) {
      const mapped = yield* Effect.map(run(inbox, webhook, source), storable)
      yield* inbox.map(webhook, mapped, terms(webhook, source))
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

    let isBusy = false
    let usage = performance.eventLoopUtilization()

    /** How many times as long as it took a look is followed by a rest. */
    const rests = () => {
      const before = usage
      usage = performance.eventLoopUtilization()
      const { utilization } = performance.eventLoopUtilization(usage, before)
      return (givesWay.rests * Math.max(0, utilization - relaxed)) / (1 - relaxed)
    }

    const drain: Effect.Effect<unknown, unknown, Expressions> = Effect.gen(function* () {
      const startedAt = yield* Clock.currentTimeMillis
      const webhooks = yield* Effect.timeout(inbox.received(isBusy ? givesWay.batch : batch), longestLook)
      const current = yield* sources.current
      const turn = webhooks.filter(({ lane }, index) => lane !== "import" || index < importsAtOnce)
      // At once, so that they share a commit.
      yield* Effect.forEach(turn, (webhook) => mapInTrace(webhook, current.get(webhook.source)), {
        concurrency: "unbounded",
        discard: true
      })
      const took = (yield* Clock.currentTimeMillis) - startedAt
      const came = yield* PubSub.takeUpTo(signals, Infinity)
      isBusy = came.includes("received")
      const rest = Math.min(longestRest, took * rests())
      if (isBusy && rest >= 1) yield* Effect.sleep(rest)
      return isBusy || webhooks.length > 0
        ? came
        : yield* Effect.timeoutOption(PubSub.take(signals), longestNap)
    })

    yield* Effect.forkScoped(supervise("Mapper", drain))
  })
).pipe(Layer.provide(Expressions.layer))

const run = Effect.fnUntraced(function* (
  inbox: Inbox["Service"],
  webhook: Webhook,
  source: Source | undefined
): Effect.fn.Return<Mapped, InboxUnavailable, Expressions> {
  const people = Import.read(webhook)
  if (people !== undefined) return Import.mapped(people)
  if (source === undefined) {
    return { status: "unmappable", reason: `no source ${webhook.source} is configured any more` }
  }
  const echo = yield* echoOf(inbox, source, webhook)
  if (echo !== undefined) return { status: "ignored", reason: echo }
  return yield* source.mapping.map(webhook).pipe(Effect.catchDefect((defect) => Effect.succeed(died(defect))))
})

/** On what terms the source's invitations are stored. */
const terms = (webhook: Webhook, source: Source | undefined): Terms => {
  const people = Import.read(webhook)
  if (people !== undefined) return { spot: people.spot }
  const { spot = "", expires, reinviteAfter } = source ?? {}
  return {
    spot,
    mappingVersion: source?.mapping.version,
    reinviteAfter,
    expiresAt: Duration.isDuration(expires) ? DateTime.addDuration(webhook.receivedAt, expires) : expires
  }
}

const isInvitation = Schema.is(Invitation.Invitation)

/** A program's mapping may give anything; and no index holds an id of any length. */
const storable = (mapped: Mapped): Mapped => {
  if (mapped.status !== "mapped") return mapped
  const invitations = mapped.invitations.filter(
    (invitation) => isInvitation(invitation) && invitation.liveId.length <= 500
  )
  if (invitations.length === mapped.invitations.length) return mapped
  const reason = "the mapping gives what is no invitation"
  return invitations.length === 0 ? { status: "unmappable", reason } : { ...mapped, invitations, reason }
}

/** A program's mapping that throws must not hold up the webhooks behind it. What it says may be a person's data. */
const died = (defect: unknown): Mapped => ({
  status: "unmappable",
  reason: `the mapping threw ${Predicate.isError(defect) ? defect.name : typeof defect}: mend the program`
})
