import { Console, Context, Effect, Layer, Option } from "effect"
import { Command } from "effect/cli"
import { SqlClient } from "effect/sql"
import { Move } from "@usher/engine"
import * as ConfigFile from "../../config/ConfigFile.ts"
import * as DatabaseConfig from "../../config/DatabaseConfig.ts"
import * as Problem from "../../config/Problem.ts"
import * as Database from "../../database/Database.ts"
import * as Schema from "../../database/Schema.ts"
import { Failed, kindOf, usage } from "../support/failure.ts"
import { configFlag, jsonFlag, switchFlag, textFlag } from "../support/flags.ts"
import { presentDatabase } from "../support/presentDatabase.ts"
import { listing, print } from "../support/print.ts"
import { bar } from "../support/progressBar.ts"

/** An error of the target, which has the exit code of the same error of the source. */
const inTarget = (error: { readonly message: string }) => {
  const kind = kindOf(error)
  return new Failed({
    kind: kind === "done" || kind === "stopped" || kind === "unread" ? "failed" : kind,
    message: `--to: ${error.message}`
  })
}

/** Opens a database, and runs its pending migrations. */
const open = Effect.fnUntraced(function* (database: DatabaseConfig.Database) {
  const services = yield* Layer.build(Layer.fresh(Database.layer(database)))
  const ran = yield* Effect.provide(Schema.migrate, services)
  return { sql: Context.get(services, SqlClient.SqlClient), ran }
})

export const migrate = Command.make(
  "migrate",
  {
    config: configFlag,
    json: jsonFlag,
    to: textFlag(
      "to",
      "Move a SQLite database to this Postgres database: postgres://user@host/database. The password is read from PGPASSWORD"
    ),
    ca: textFlag("ca", "A PEM file with the certificate authorities of the server in --to. Requires TLS"),
    stay: switchFlag("stay", "Cancel a move that was killed, and use the SQLite database again")
  },
  Effect.fnUntraced(function* ({ config: file, json, to, ca, stay }) {
    const { database } = yield* ConfigFile.load(file)
    const name = Database.describe(database)
    if (stay) {
      yield* presentDatabase(database)
      const here = yield* open(database)
      const isCancelled = yield* Move.stay(here.sql, Schema.tables)
      return yield* print(json, { database: name, stays: true, cancelled: isCancelled }, () =>
        isCancelled ? `${name} is in use again.` : `Nothing to do: no move of ${name} has begun.`
      )
    }
    if (Option.isNone(to)) {
      const here = yield* open(database)
      const done = here.ran.length === 0 ? "was up to date" : `is up to date now: ${here.ran.join(", ")}`
      return yield* print(json, { database: name, migrations: here.ran }, () => `${name} ${done}.`)
    }
    if (database.kind !== "sqlite" || !/^postgres(?:ql)?:\/\//.test(to.value)) {
      return yield* usage("A move goes from SQLite to Postgres: give --to postgres://user@host/database")
    }
    const problems: Array<Problem.Problem> = []
    const given = Option.match(ca, { onNone: () => to.value, onSome: (ca) => ({ url: to.value, ca }) })
    const target = yield* DatabaseConfig.resolve(".", given, Problem.collect(problems))
    const [wrong] = problems
    if (target === undefined || wrong !== undefined) {
      const flag = wrong?.path[0] === "ca" ? "--ca" : "--to"
      return yield* usage(`${flag}: ${wrong?.reason ?? "it can't be used"}`)
    }
    yield* presentDatabase(database)
    const here = yield* open(database)
    const there = yield* Effect.mapError(open(target), inTarget)
    const tables = yield* Effect.flatMap(bar("Moving", undefined), ({ update }) =>
      Move.move({
        source: here.sql,
        target: there.sql,
        tables: Schema.tables,
        onProgress: (table, rows) => update(rows, `Moving ${table}`)
      })
    ).pipe(
      Effect.scoped,
      Effect.onInterrupt(() =>
        Console.error(
          `Interrupted: ${name} is still the database in use. To start the move over, run the same command again.`
        )
      )
    )
    yield* print(json, { from: name, to: to.value, tables }, () => {
      const rows = tables.map(({ table, rows, sha256 }) => ({
        Table: table,
        Rows: rows.toLocaleString("en"),
        "SHA-256 of source and target": sha256.slice(0, 16)
      }))
      return `${listing(rows, "No tables.")}\n\nMoved everything to ${to.value}. Set it as the database in ${file}. The relay refuses ${name} from now on.`
    })
  }, Effect.scoped)
).pipe(
  Command.withDescription("Upgrade the database, or move it from SQLite to Postgres"),
  Command.withExamples([
    { command: "usher migrate", description: "Upgrade the database of usher.yaml" },
    {
      command: "usher migrate --to postgres://usher@db.example.com/usher --ca ca.pem",
      description: "Move from SQLite to Postgres"
    }
  ])
)
