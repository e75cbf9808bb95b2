/**
 * What the Inbox costs: accepts beside the same writes on bare `node:sqlite`, and whether accepting and claiming cost
 * more with a million invitations that wait than with a thousand. Prints the query plans of the hot queries.
 *
 *     npx -y pnpm@12.21.0 bench:inbox [--quick]
 */
import { Console, Effect, FileSystem, Layer, Redacted } from "effect"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { PgClient } from "@effect/sql-pg"
import { SqliteClient } from "@usher/sqlite"
import { Events, InboxSql, OperationsSql, Signals, SpotControlSql, StoreSql } from "../src/index.ts"
import * as Postgres from "../src/store/postgres/Postgres.ts"
import { startPostgres } from "../test/postgresServer.ts"
import { beside } from "./floor.ts"
import { growth } from "./growth.ts"
import { plans } from "./plans.ts"

const quick = process.argv.includes("--quick")
const many = quick ? 100_000 : 1_000_000

const layerInbox = Layer.mergeAll(InboxSql.layer, OperationsSql.layer, SpotControlSql.layer).pipe(
  Layer.provide(StoreSql.layer),
  Layer.provide([SecureRandom.layerWebCrypto, Signals.layerLocal, Events.layerNone])
)

/** The Inbox on a database of its own. */
const open = <E>(database: Layer.Layer<SqlClient.SqlClient, E>) =>
  Layer.build(Layer.fresh(Layer.provideMerge(layerInbox, database)))

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "usher-bench-" })
  yield* Console.log("# Accepting on SQLite, beside bare node:sqlite")
  yield* beside(folder, quick ? 5 : 15)

  yield* Console.log("\n# SQLite")
  const file = (name: string) => open(SqliteClient.layer({ filename: `${folder}/${name}.db` }))
  const onSqlite = yield* file("many")
  yield* growth(yield* file("few"), onSqlite, many)
  yield* Effect.provide(plans, onSqlite)

  const server = yield* Effect.acquireRelease(
    Effect.promise(() => startPostgres({ durable: true })),
    (server) => Effect.promise(() => server.remove())
  )
  yield* Console.log("\n# Postgres")
  const database = Effect.fnUntraced(function* (name: string) {
    const administration = PgClient.layer({ url: Redacted.make(server.url) })
    yield* SqlClient.SqlClient.use((sql) => sql`CREATE DATABASE ${sql(name)}`).pipe(
      Effect.provide(administration)
    )
    return yield* open(Postgres.layerClient({ url: Redacted.make(server.url.replace(/[^/]+$/, name)) }))
  })
  const onPostgres = yield* database("many")
  yield* growth(yield* database("few"), onPostgres, many)
  yield* Effect.provide(plans, onPostgres)
})

await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(NodeServices.layer)))
