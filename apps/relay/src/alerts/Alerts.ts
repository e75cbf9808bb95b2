/**
 * Reports the relay's problems, and their end, to channels. The database holds what was reported to each channel, so that a
 * restart repeats nothing, and a channel that can't be reached receives it later. Of several relays on one database, one at a
 * time does this.
 */
import { Clock, Duration, Effect, Layer, Metric, Schedule } from "effect"
import { SecureRandom } from "effect/crypto"
import { Concerns, Database, Troubles } from "@usher/engine"
import type { Urgency } from "@usher/model/Concern"
import { createHash } from "node:crypto"
import { changes, type Reported } from "./changes.ts"
import { type Message, type Problem, problemOf } from "./Message.ts"
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
  const message: Message = { id: idOf(channel, began, ended), began, ended, link }
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

/** Compares once, if it is the turn of the relay of this name. */
export const compare = (options: Options, by: string) =>
  Turn.take(
    by,
    Effect.fnUntraced(function* (known: Turn.Known) {
      const problems = (yield* (yield* Concerns.Concerns).recent).map(problemOf)
      const reported = yield* Effect.forEach(
        options.channels,
        (channel) => report(options, channel, known[channel.name] ?? [], problems),
        { concurrency: "unbounded" }
      )
      return Object.fromEntries(options.channels.map(({ name }, at) => [name, reported[at] ?? []]))
    })
  )

/** Compares every 30 seconds. Does nothing without channels. */
export const layer = (options: Options) =>
  options.channels.length === 0
    ? Layer.empty
    : Layer.effectDiscard(
        Effect.gen(function* () {
          const by = yield* (yield* SecureRandom.SecureRandom).ulid
          const once = Troubles.attempt("Alerts", compare(options, by))
          yield* Effect.forkScoped(Effect.repeat(once, Schedule.spaced(interval)))
        })
      ).pipe(Layer.provide([Database.layerSqlClient, SecureRandom.layerWebCrypto]))
