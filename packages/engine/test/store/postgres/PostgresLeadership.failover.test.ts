/** Postgres sessions that are of no more use, though their connection stands. */
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Option, PubSub, Redacted, Ref, Schedule } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Events, Inbox, InboxSql, Leadership, SpotControlSql, StoreSql } from "../../../src/index.ts"
import * as Postgres from "../../../src/store/postgres/Postgres.ts"
import * as PostgresLeadership from "../../../src/store/postgres/PostgresLeadership.ts"
import { postgresDatabase } from "../../databases.ts"
import { delivery } from "../../fixtures.ts"
import { networkTo } from "../../network.ts"
import { startPostgres, startStandby } from "../../postgresServer.ts"

const layerRelay = (url: string, maxConnections = 6) =>
  Layer.fresh(
    PostgresLeadership.layer.pipe(
      Layer.provideMerge(Layer.merge(InboxSql.layer, SpotControlSql.layer)),
      Layer.provide(StoreSql.layer),
      Layer.provide([SecureRandom.layerWebCrypto, Events.layerNone]),
      Layer.provideMerge(Postgres.layer({ url: Redacted.make(url), maxConnections }))
    )
  )

/** Statements of somebody who is not the relay. */
const administer = (url: string, ...statements: ReadonlyArray<string>) =>
  SqlClient.SqlClient.use((sql) => Effect.forEach(statements, (text) => sql.unsafe(text))).pipe(
    Effect.provide(Postgres.layerClient({ url: Redacted.make(url), maxConnections: 1 }), { local: true })
  )

let number = 0

const accept = Effect.suspend(() =>
  Inbox.Inbox.use((inbox) => inbox.accept(delivery({ deliveryId: `${number++}` })))
)

const everySession = Effect.replicateEffect(
  SqlClient.SqlClient.use((sql) => sql`SELECT pg_sleep(0.1)`),
  8,
  { concurrency: "unbounded" }
)

/** Repeats until it fails with this reason. */
const refused = (reason: RegExp) =>
  Effect.exit(accept).pipe(
    Effect.delay("50 millis"),
    Effect.repeat({ until: (exit) => exit._tag === "Failure" && reason.test(String(exit.cause)) }),
    Effect.timeout("20 seconds")
  )

/** From now on: accepts again within ten seconds, and then does not fail once, whatever session is used. */
const recovered = Effect.gen(function* () {
  yield* Effect.retry(accept, Schedule.spaced("250 millis")).pipe(Effect.timeout("10 seconds"))
  yield* Effect.forEach(
    Array.from({ length: 8 }),
    () =>
      Effect.andThen(
        accept,
        SqlClient.SqlClient.use((sql) => sql`UPDATE settings SET value = value`)
      ),
    { concurrency: "unbounded" }
  )
  yield* Effect.replicateEffect(accept, 20)
})

const leads = Effect.fnUntraced(function* (spot: string) {
  const { lead } = yield* Leadership.Leadership
  const led = yield* Ref.make(false)
  const work = () =>
    Effect.acquireUseRelease(
      Ref.set(led, true),
      () => Effect.never,
      () => Ref.set(led, false)
    )
  yield* Effect.forkScoped(lead(spot, work))
  return (wanted: boolean) =>
    Ref.get(led).pipe(
      Effect.delay("20 millis"),
      Effect.repeat({ until: (isLed) => isLed === wanted }),
      Effect.timeout("20 seconds")
    )
})

describe("sessions of Postgres", () => {
  it.live("that can only be read leave the pool when the cause is gone, and none of them fails twice", () =>
    Effect.gen(function* () {
      const url = yield* postgresDatabase
      const name = new URL(url).pathname.slice(1)
      const elsewhere = new URL(url)
      elsewhere.pathname = "postgres"
      yield* Effect.gen(function* () {
        const isLed = yield* leads("main")
        yield* isLed(true)
        yield* administer(
          elsewhere.href,
          `ALTER DATABASE ${name} SET default_transaction_read_only = on`,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`
        )
        yield* refused(/read-only transaction/)
        yield* isLed(false)
        yield* Effect.ignore(everySession)
        yield* administer(elsewhere.href, `ALTER DATABASE ${name} RESET default_transaction_read_only`)
        yield* recovered
        yield* isLed(true)
      }).pipe(Effect.scoped, Effect.provide(layerRelay(url)))
    }).pipe(Effect.scoped)
  )

  it.live("on a standby, where the name pointed for a while, leave the pool", () =>
    Effect.gen(function* () {
      const primary = yield* Effect.acquireRelease(
        Effect.promise(() => startPostgres({ durable: true })),
        (server) => Effect.promise(() => server.remove())
      )
      yield* Effect.promise(() => primary.stop())
      const standby = yield* Effect.acquireRelease(
        Effect.promise(() => startStandby(primary)),
        (server) => Effect.promise(() => server.remove())
      )
      yield* Effect.promise(() => primary.start())
      const network = yield* networkTo(primary.url)
      yield* Effect.gen(function* () {
        const isLed = yield* leads("main")
        yield* isLed(true)
        yield* accept
        yield* Effect.sync(standby.start)
        yield* SqlClient.SqlClient.use((sql) => sql`SELECT 1 AS streams FROM pg_stat_replication`).pipe(
          Effect.delay("50 millis"),
          Effect.repeat({ until: (found) => found.length > 0 })
        )
        yield* network.pointTo(standby.url)
        yield* network.cut
        yield* refused(/read-only transaction|recovery/)
        yield* isLed(false)
        yield* Effect.ignore(everySession)
        // What stands is left as it is.
        yield* network.pointTo(primary.url)
        yield* recovered
        yield* isLed(true)
        // And once the standby is the primary.
        yield* Effect.promise(() => primary.stop())
        yield* administer(standby.url, "SELECT pg_promote()")
        yield* network.pointTo(standby.url)
        yield* recovered
        yield* isLed(true)
        yield* Effect.promise(() => primary.start())
      }).pipe(Effect.scoped, Effect.ensuring(network.cut), Effect.provide(layerRelay(network.url)))
    }).pipe(Effect.scoped)
  )

  it.effect("are replaced after ten minutes", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const pid = Effect.map(sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`, ([row]) => row?.pid)
      const first = yield* pid
      yield* TestClock.adjust("30 seconds")
      expect(yield* pid).toBe(first)
      // In steps, as the pool closes a session that is not used.
      for (let step = 0; step < 20; step++) {
        yield* TestClock.adjust("30 seconds")
        yield* pid
      }
      expect(yield* pid).not.toBe(first)
    }).pipe(
      Effect.provide(
        Layer.unwrap(
          Effect.map(postgresDatabase, (url) =>
            Postgres.layerClient({ url: Redacted.make(url), maxConnections: 1 })
          )
        )
      ),
      Effect.scoped
    )
  )

  it.live("in a failed transaction, or ended by the server, leave the pool", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const leftOpen = Effect.scoped(
        Effect.flatMap(sql.reserve, (session) =>
          Effect.andThen(
            session.executeRaw("BEGIN", []),
            Effect.ignore(session.executeRaw("SELECT 1 / 0", []))
          )
        )
      )
      yield* leftOpen
      expect(String(yield* Effect.flip(sql`SELECT 1`))).toMatch(/SqlError/)
      yield* Effect.replicateEffect(sql`SELECT 1`, 4)

      const ends = Effect.scoped(
        Effect.flatMap(sql.reserve, (session) =>
          Effect.ignore(session.executeRaw("SELECT pg_terminate_backend(pg_backend_pid())", []))
        )
      )
      yield* ends
      yield* Effect.replicateEffect(sql`SELECT 1`, 4)
    }).pipe(
      Effect.provide(
        Layer.unwrap(
          Effect.map(postgresDatabase, (url) =>
            Postgres.layerClient({ url: Redacted.make(url), maxConnections: 1 })
          )
        )
      ),
      Effect.scoped
    )
  )

  it.live("that hear nothing any more are replaced, and others are heard again", () =>
    Effect.gen(function* () {
      const url = yield* postgresDatabase
      const network = yield* networkTo(url)
      const other = yield* Layer.build(layerRelay(url))
      yield* Effect.gen(function* () {
        const signals = yield* (yield* Inbox.Inbox).signals("received")
        yield* accept
        yield* PubSub.take(signals)
        yield* network.lose
        yield* Effect.provide(accept, other)
        const heard = Effect.andThen(
          Effect.provide(accept, other),
          Effect.timeoutOption(PubSub.take(signals), "1 second")
        )
        yield* Effect.repeat(heard, { until: Option.isSome }).pipe(Effect.timeout("20 seconds"))
      }).pipe(Effect.ensuring(network.cut), Effect.provide(layerRelay(network.url)))
    }).pipe(Effect.scoped)
  )
})

it.live("a client that connects to Postgres itself has sessions of its own", () =>
  Effect.gen(function* () {
    const url = yield* postgresDatabase
    const services = yield* Layer.build(Postgres.layerClient({ url: Redacted.make(url), maxConnections: 2 }))
    yield* Effect.provideService(
      Postgres.checkSessions,
      SqlClient.SqlClient,
      Context.get(services, SqlClient.SqlClient)
    )
  }).pipe(Effect.scoped)
)
