/** A database for each test, on every kind that there is. */
import { describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, FileSystem, Layer, Path, Redacted, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { SqliteClient } from "@usher/sqlite"
import { randomUUID } from "node:crypto"
import { inject } from "vitest"
import {
  Events,
  Inbox,
  InboxSql,
  JobsSql,
  LiveCatalogSql,
  Operations,
  OperationsSql,
  Signals,
  SpotControlSql,
  StoreSql
} from "../src/index.ts"
import * as Postgres from "../src/store/postgres/Postgres.ts"
import { layerEvaluator } from "./evaluator.ts"
import { copyTo, layerMemory } from "./sqliteTemplate.ts"
import { administer, databaseAt, migratedDatabase } from "./template.ts"

/** The ports on whatever database is there, which stays within reach; a mapper beside them starts no process. */
const layerPortsWith = (signals: Layer.Layer<Signals.Signals>) =>
  Layer.mergeAll(
    InboxSql.layer,
    JobsSql.layer,
    LiveCatalogSql.layer,
    OperationsSql.layer,
    SpotControlSql.layer
  ).pipe(
    Layer.provideMerge(StoreSql.layer),
    Layer.provide([SecureRandom.layerWebCrypto, signals]),
    Layer.merge(layerEvaluator)
  )

export const layerPorts = layerPortsWith(Signals.layerLocal)

/** The same, with events that a test can listen to. */
export const layerInboxSql = Layer.provideMerge(layerPorts, Events.layer)

/** The same, as one of several relays that share the database. */
export const layerShared = layerPortsWith(
  Layer.effect(
    Signals.Signals,
    Effect.map(Signals.Signals, (signals) => Signals.Signals.of({ ...signals, isShared: true }))
  ).pipe(Layer.provide(Signals.layerLocal))
).pipe(Layer.provideMerge(Events.layer))

/** A database that is not there yet, in a folder that goes away with the scope. */
export const databaseFile = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  return path.join(yield* fs.makeTempDirectoryScoped({ prefix: "usher-engine-" }), "usher.db")
}).pipe(Effect.provide(NodeServices.layer))

export const layerFile = (filename: string) => SqliteClient.layer({ filename, busyTimeout: "10 millis" })

/** The Inbox on a file, which is made where it is not there yet. */
export const layerInboxAt = (filename: string) =>
  Layer.unwrap(Effect.as(copyTo(filename), layerInboxSql.pipe(Layer.provideMerge(layerFile(filename)))))

/** Empty, on the test run's server, until the scope ends; its URL. */
export const postgresDatabase = Effect.gen(function* () {
  const server = inject("postgresUrl")
  const name = `test_${randomUUID().replaceAll("-", "")}`
  yield* Effect.acquireRelease(administer(server, `CREATE DATABASE ${name} STRATEGY FILE_COPY`), () =>
    administer(server, `DROP DATABASE ${name} WITH (FORCE)`)
  )
  return databaseAt(server, name)
})

/** With all tables, and nothing in them. */
export const migratedPostgres = Effect.suspend(() => {
  const server = inject("postgresUrl")
  return Effect.map(migratedDatabase(server), (name) => databaseAt(server, name))
})

export const layerPostgres = (url: string) => Postgres.layerClient({ url: Redacted.make(url) })

/** The Inbox on an empty database of each kind. */
export const layers = {
  "SQLite in memory": layerInboxSql.pipe(Layer.provideMerge(layerMemory)),
  "SQLite in a file": Layer.unwrap(Effect.map(databaseFile, layerInboxAt)),
  Postgres: Layer.unwrap(
    Effect.map(migratedPostgres, (url) => layerInboxSql.pipe(Layer.provideMerge(layerPostgres(url))))
  )
}

/** The same, with the events given to a function of the test's. */
export const layersTelling = (emit: Events.Events["Service"]["emit"]) => {
  const layerTold = Layer.provideMerge(
    layerPorts,
    Layer.succeed(Events.Events, Events.Events.of({ emit, all: Stream.never }))
  )
  return {
    "SQLite in memory": layerTold.pipe(Layer.provideMerge(layerMemory)),
    Postgres: Layer.unwrap(
      Effect.map(migratedPostgres, (url) => layerTold.pipe(Layer.provideMerge(layerPostgres(url))))
    )
  }
}

/** What a test of the store has. */
export type Services = Layer.Success<typeof layerInboxSql> | SqlClient.SqlClient

type Test = <A, E>(
  sentence: string,
  body: (
    inbox: Inbox.Inbox["Service"],
    operations: Operations.Operations["Service"]
  ) => Effect.Effect<A, E, Services>
) => void

/** Runs the body of a test with the services that most of them use. */
export const withPorts = <A, E, R>(
  body: (
    inbox: Inbox.Inbox["Service"],
    operations: Operations.Operations["Service"]
  ) => Effect.Effect<A, E, R>
) => Effect.flatMap(Effect.all([Inbox.Inbox, Operations.Operations]), (ports) => body(...ports))

/** Says that the clock stands still on purpose, of which the clock of a test warns. */
const still = TestClock.adjust(0)

/** The same tests for the Inbox on every kind of database, each test with an empty one. */
export const onEach = (tests: (test: Test) => void): void => {
  describe.each(Object.entries(layers))("%s", (_, layer) => {
    tests((sentence, body) =>
      it.effect(sentence, () => Effect.andThen(still, Effect.provide(withPorts(body), layer)))
    )
  })
}
