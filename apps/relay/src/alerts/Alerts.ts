/**
 * Reports the relay's problems, and their end, to channels. The database holds what was reported to each channel, so that a
 * restart repeats nothing, and a channel that can't be reached receives it later. Of several relays on one database, one at a
 * time does this.
 */
import { Clock, Duration, Effect, Layer, Metric, Schedule } from "effect"
import { SecureRandom } from "effect/crypto"
import type { HttpClient } from "effect/http"
import { Concerns, Database, Inbox, Troubles } from "@usher/engine"
import type { Urgency } from "@usher/model/Concern"
import { createHash } from "node:crypto"
import { changes, type Reported } from "./changes.ts"
import { type Message, type Problem, problemOf } from "./Message.ts"
import { over } from "./over.ts"
import { send, type Way } from "./send.ts"
import * as Turn from "./Turn.ts"

export interface Channel {
  /** The name in the configuration. */
  readonly name: string
  /** The least urgent problems that it receives. */
  readonly urgency: Urgency
  readonly way: Way
}

export interface Options {
  /** The URL of the relay's page. */
  readonly link: string
  /** How long a problem has to last before it is reported. */
  readonly after: Duration.Duration
  readonly channels: ReadonlyArray<Channel>
}

const messages = Metric.counter("usher_alert_messages_total", {
  description: "Messages to the channels of alerts, by result: sent or failed",
  incremental: true
})

const interval = Duration.seconds(30)

const ranks: Readonly<Record<Urgency, number>> = { critical: 0, warning: 1, info: 2 }

/** The same for each try, so that a receiver can recognize a repeated message. */
const idOf = (channel: Channel, began: ReadonlyArray<Problem>, ended: ReadonlyArray<Problem>): string => {
  const [begun, over] = [began, ended].map((problems) => problems.map(({ key, since }) => [key, since]))
  const parts = JSON.stringify([channel.name, begun, over])
  return `alert_${createHash("sha256").update(parts).digest("hex").slice(0, 32)}`
}

/** Reports to a channel what changed, and returns what it has received then. */
const report = Effect.fnUntraced(function* (
  { link, after }: Options,
  channel: Channel,
  known: ReadonlyArray<Reported>,
  problems: ReadonlyArray<Problem>
) {
  const urgent = problems.filter(({ urgency }) => ranks[urgency] <= ranks[channel.urgency])
  const now = yield* Clock.currentTimeMillis
  const { began, ended, reported, unreported } = changes(known, urgent, Duration.toMillis(after), now)
  if (began.length + ended.length === 0) return unreported
  const message: Message = { id: idOf(channel, began, ended), began, ended: ended.map(over), link }
  const what = `Alerts: sending to ${channel.name}`
  const { failed, worked } = yield* Troubles.Troubles
  const isSent = yield* send(channel.way, message).pipe(
    Effect.as(true),
    Effect.catch(({ message: reason }) =>
      Effect.as(
        failed({ what, message: `${what} failed, retrying: ${reason}`, over: `${what} works again` }),
        false
      )
    )
  )
  if (isSent) yield* worked(what)
  const labels = { channel: channel.name, result: isSent ? "sent" : "failed" }
  yield* Metric.update(Metric.withAttributes(messages, labels), 1)
  return isSent ? reported : unreported
})

/** Reports to all channels what changed, and returns what each has received then. */
const reportToAll = Effect.fnUntraced(function* (
  options: Options,
  known: Turn.Known,
  problems: ReadonlyArray<Problem>
): Effect.fn.Return<Turn.Known, never, HttpClient.HttpClient> {
  const reported = yield* Effect.forEach(
    options.channels,
    (channel) => report(options, channel, known[channel.name] ?? [], problems),
    { concurrency: "unbounded" }
  )
  return Object.fromEntries(options.channels.map(({ name }, at) => [name, reported[at] ?? []]))
})

const cannotStore = (since: number): Problem => ({
  key: "cannot_store",
  urgency: "critical",
  text: "The relay can't write to its database, and refuses every webhook with 503.",
  next: "Senders retry. The relay goes on by itself once it can write: see its log and /readyz.",
  since
})

/**
 * Reports whether webhooks can be stored. Each relay does so for itself, and keeps in memory what the channels received: the
 * database can't hold it. Returns whether they can.
 */
export const storing = (options: Options) => {
  let known: Turn.Known = {}
  let since: number | undefined
  return Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const isStored = yield* Effect.isSuccess((yield* Inbox.Inbox).check)
    since = isStored ? undefined : (since ?? now)
    known = yield* reportToAll(options, known, since === undefined ? [] : [cannotStore(since)])
    return isStored
  })
}

/** Compares once, if it is the turn of the relay of this name. */
export const compare = (options: Options, by: string) =>
  Turn.take(
    by,
    Effect.fnUntraced(function* (known: Turn.Known) {
      const problems = (yield* (yield* Concerns.Concerns).recent).map(problemOf)
      return yield* reportToAll(options, known, problems)
    })
  )

/** Compares every 30 seconds. Does nothing without channels. */
export const layer = (options: Options) =>
  options.channels.length === 0
    ? Layer.empty
    : Layer.effectDiscard(
        Effect.gen(function* () {
          const by = yield* (yield* SecureRandom.SecureRandom).ulid
          const isStored = storing(options)
          const all = Effect.andThen(isStored, (isStored) => (isStored ? compare(options, by) : Effect.void))
          const once = Troubles.attempt("Alerts", all)
          yield* Effect.forkScoped(Effect.repeat(once, Schedule.spaced(interval)))
        })
      ).pipe(Layer.provide([Database.layerSqlClient, SecureRandom.layerWebCrypto]))
