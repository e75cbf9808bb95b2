/**
 * What the Inbox costs: accepts beside the same writes on bare `node:sqlite`, and whether accepting and claiming cost
 * more with a million invitations that wait than with a thousand. Prints the query plans of the hot queries.
 *
 *     npx -y pnpm@12.21.0 bench [--quick]
 */
import { Console, Effect, FileSystem, Layer, Redacted } from "effect"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { SecureRandom } from "effect/crypto"
import type { SqlClient } from "effect/sql"
import { PgClient } from "@effect/sql-pg"
import { SqliteClient } from "@usher/sqlite"
import { InboxSql, Signals } from "../src/index.ts"
import { startPostgres } from "../test/postgresServer.ts"
import { beside } from "./floor.ts"
import { plans } from "./plans.ts"
import { growth } from "./growth.ts"

const quick = process.argv.includes("--quick")
const many = quick ? 100_000 : 1_000_000

const layerInbox = InboxSql.layer.pipe(
  Layer.provide([SecureRandom.layerWebCrypto, Signals.Signals.layerLocal])
)

const on = <E>(name: string, database: Layer.Layer<SqlClient.SqlClient, E>) =>
  Effect.gen(function* () {
    yield* Console.log(`\n# ${name}`)
    yield* growth({ few: 1_000, many })
    yield* plans
  }).pipe(Effect.provide(Layer.provideMerge(layerInbox, database)))

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "usher-bench-" })
  yield* Console.log("# Accepting on SQLite, beside bare node:sqlite")
  yield* beside(folder, quick ? 5 : 15)
  yield* on("SQLite", SqliteClient.layer({ filename: `${folder}/growth.db` }))
  const server = yield* Effect.acquireRelease(
    Effect.promise(() => startPostgres({ durable: true })),
    (server) => Effect.promise(() => server.remove())
  )
  yield* on("Postgres", PgClient.layer({ url: Redacted.make(server.url) }))
})

await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(NodeServices.layer)))
