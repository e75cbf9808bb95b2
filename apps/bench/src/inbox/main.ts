/**
 * Measures the Inbox alone: accepts beside the same writes on bare `node:sqlite`, and claims past parked Lives. Prints the query
 * plans of the hot statements. The scenario (e) of the benchmark measures the cost by the size of the backlog.
 *
 *     npx -y pnpm@12.21.0 bench:inbox [--quick]
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect } from "effect"
import { folder } from "../contenders/program.ts"
import * as Postgres from "../servers/Postgres.ts"
import { beside } from "./accept.ts"
import { filled, openPostgres, openSqlite, parked } from "./databases.ts"
import { plans } from "./plans.ts"

const isQuick = process.argv.includes("--quick")
const size = isQuick ? 20_000 : 100_000

const program = Effect.gen(function* () {
  const directory = yield* folder
  yield* Console.log("# Accepting on SQLite, beside bare node:sqlite")
  yield* beside(directory, isQuick ? 5 : 15)
  const databases = { SQLite: openSqlite(`${directory}/inbox.db`), Postgres: openPostgres }
  for (const [name, open] of Object.entries(databases)) {
    yield* Console.log(`\n# ${name}`)
    const services = yield* filled(yield* open, size)
    yield* Effect.provide(parked(size), services)
    yield* Effect.provide(plans, services)
  }
})

await program.pipe(
  Effect.scoped,
  Effect.provide([Postgres.Postgres.layer, NodeServices.layer]),
  Effect.runPromise
)
