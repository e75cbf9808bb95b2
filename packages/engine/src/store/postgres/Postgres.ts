/** Postgres for relays that share a database: the client, and signals between processes. */
import { Cause, Effect, Layer, Queue } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient, type SqlError } from "effect/sql"
import { PgClient } from "@effect/sql-pg"
import { InboxUnavailable } from "../../ports/Inbox.ts"
import { layerLocal, type Signal, Signals } from "../../ports/Signals.ts"
import { monotonic } from "../../runtime/monotonic.ts"
import { supervise, working } from "../../runtime/supervise.ts"
import { boundedTransactions } from "./boundedTransactions.ts"
import * as Client from "./client.ts"
import { types } from "./integers.ts"
import { whyNoSessions } from "./pooler.ts"

const channel = "usher"

const all: ReadonlyArray<Signal> = ["received", "due", "job"]

/** How often a relay notifies itself. */
const echo = "3 seconds"

/** A session that hears nothing for longer than this, in milliseconds, is replaced. */
const maxSilence = 8_000

/**
 * Signals by `LISTEN` and `NOTIFY`. While the session is lost, nothing is heard; a new session wakes everybody. A
 * session that hears nothing, such as one on a former primary, is replaced within 10 seconds.
 *
 * @category layers
 */
export const layerSignals: Layer.Layer<Signals, never, PgClient.PgClient | SecureRandom.SecureRandom> =
  Layer.effect(
    Signals,
    Effect.gen(function* () {
      const pg = yield* PgClient.PgClient
      const local = yield* Signals
      const self = yield* (yield* SecureRandom.SecureRandom).ulid
      const said = yield* Queue.sliding<Signal>(16)

      const tell = Effect.gen(function* () {
        const signals = new Set(yield* Queue.takeAll(said))
        for (const signal of signals) {
          yield* Effect.timeout(pg.notify(channel, `${self} ${signal}`), "5 seconds")
        }
      }).pipe(Effect.withTracerEnabled(false))

      const listen = Effect.gen(function* () {
        const heard = yield* Effect.timeout(pg.listen(channel), "5 seconds")
        yield* working
        yield* Effect.forEach(all, local.publish, { discard: true })
        let heardAt = yield* monotonic
        const hear = Effect.gen(function* () {
          const { payload } = yield* Queue.take(heard)
          heardAt = yield* monotonic
          const [from, name] = payload.split(" ")
          const signal = all.find((known) => known === name)
          if (signal !== undefined && from !== self) yield* local.publish(signal)
        })
        const watch = Effect.gen(function* () {
          yield* Effect.sleep("1 second")
          if ((yield* monotonic) - heardAt > maxSilence)
            return yield* new Cause.TimeoutError("the listening session receives nothing")
        })
        return yield* Effect.raceFirst(Effect.forever(hear), Effect.forever(watch))
      }).pipe(Effect.scoped, Effect.withTracerEnabled(false))

      // A failure is not logged: the listener detects it.
      const notifySelf = Effect.andThen(
        Effect.sleep(echo),
        Effect.ignore(Effect.timeout(pg.notify(channel, `${self} echo`), "5 seconds"))
      ).pipe(Effect.withTracerEnabled(false))

      yield* Effect.forkScoped(Effect.forever(notifySelf))
      yield* Effect.forkScoped(supervise("Notifying other relays", tell))
      // If the server is down at the start, only the program that starts reports it.
      const listening = Effect.andThen(
        Effect.sleep("100 millis"),
        supervise("Listening to other relays", listen)
      )
      yield* Effect.forkScoped(listening)
      return Signals.of({
        ...local,
        isShared: true,
        publish: (signal) => Effect.andThen(local.publish(signal), Queue.offer(said, signal))
      })
    })
  ).pipe(Layer.provide(layerLocal))

/**
 * Options of the client: those of the driver's pool, and whether the server refuses writes (`isReadOnly`, default: false).
 *
 * @category options
 */
export type Options = Client.Options

/**
 * The client. It checks idle connections by TCP keep-alive, and fails a transaction whose begin or end gets no answer. A
 * session leaves the pool if it can't write, is in a failed transaction, or is ended by the server, and after 10 minutes
 * (`connectionTTL`). Default: at most 10 connections.
 *
 * @category layers
 */
export const layerClient = (
  config: Options
): Layer.Layer<SqlClient.SqlClient | PgClient.PgClient, SqlError.SqlError> =>
  PgClient.layerFrom(
    Effect.map(
      Client.make({ applicationName: "usher", keepAlive: "15 seconds", types, ...config }),
      boundedTransactions
    )
  )

/**
 * The client, and signals over it. Relays that share the database use its clock.
 *
 * @category layers
 */
export const layer = (
  config: PgClient.PgPoolConfig
): Layer.Layer<SqlClient.SqlClient | PgClient.PgClient | Signals, SqlError.SqlError> =>
  layerSignals.pipe(Layer.provide(SecureRandom.layerWebCrypto), Layer.provideMerge(layerClient(config)))

/**
 * Fails if the connection goes through a pooler in transaction or statement mode, or if the server does not answer. The
 * locks, `LISTEN` and prepared statements of a relay need sessions of their own. Opens two connections.
 *
 * @category constructors
 */
export const checkSessions: Effect.Effect<void, InboxUnavailable, SqlClient.SqlClient> = Effect.gen(
  function* () {
    const why = yield* whyNoSessions(yield* SqlClient.SqlClient)
    if (why !== undefined) return yield* new InboxUnavailable({ cause: new Error(why) })
  }
).pipe(Effect.catchTag("SqlError", (cause) => Effect.fail(new InboxUnavailable({ cause }))))
