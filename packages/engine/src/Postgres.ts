/**
 * Postgres for relays that share one database: the client, and signals that cross from one process to the others.
 */
import { Effect, Layer, Queue } from "effect"
import { SecureRandom } from "effect/crypto"
import type { SqlClient, SqlError } from "effect/sql"
import { PgClient } from "@effect/sql-pg"
import { boundedTransactions } from "./internal/boundedTransactions.ts"
import { DatabaseClock } from "./internal/inbox/timeline.ts"
import { supervise, working } from "./internal/supervise.ts"
import { type Signal, Signals } from "./Signals.ts"

const channel = "usher"

const all: ReadonlyArray<Signal> = ["received", "due"]

/**
 * Signals by `LISTEN` and `NOTIFY`. While the connection is lost nothing is heard; when it is there again, everybody is
 * woken.
 *
 * @category layers
 * @since 0.1.0
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
        const hear = Effect.gen(function* () {
          const { payload } = yield* Queue.take(heard)
          const [from, name] = payload.split(" ")
          const signal = all.find((known) => known === name)
          if (signal !== undefined && from !== self) yield* local.publish(signal)
        })
        return yield* Effect.forever(hear)
      }).pipe(Effect.scoped)

      yield* Effect.forkScoped(supervise("Telling other relays", tell))
      yield* Effect.forkScoped(supervise("Listening to other relays", listen))
      return Signals.of({
        ...local,
        publish: (signal) => Effect.andThen(local.publish(signal), Queue.offer(said, signal))
      })
    })
  ).pipe(Layer.provide(Signals.layerLocal))

/**
 * The client. Whether the server is there still is asked of a connection that waits, and a transaction whose beginning or
 * end gets no answer fails.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerClient = (
  config: PgClient.PgPoolConfig
): Layer.Layer<SqlClient.SqlClient | PgClient.PgClient, SqlError.SqlError> =>
  PgClient.layerFrom(
    Effect.map(
      PgClient.make({ applicationName: "usher", keepAlive: "15 seconds", ...config }),
      boundedTransactions
    )
  )

/**
 * The client, and signals over it. Relays that share the database go by its clock.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  config: PgClient.PgPoolConfig
): Layer.Layer<SqlClient.SqlClient | PgClient.PgClient | Signals, SqlError.SqlError> =>
  layerSignals.pipe(
    Layer.provide(SecureRandom.layerWebCrypto),
    Layer.provideMerge(layerClient(config)),
    Layer.provideMerge(Layer.succeed(DatabaseClock, true))
  )
