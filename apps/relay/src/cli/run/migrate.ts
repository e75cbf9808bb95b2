import { Console, Context, Effect, Layer, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { SqlClient } from "effect/sql"
import { Migrations, Move } from "@usher/engine"
import * as ConfigFile from "../../config/ConfigFile.ts"
import * as DatabaseConfig from "../../config/DatabaseConfig.ts"
import * as Problem from "../../config/Problem.ts"
import * as Database from "../../database/Database.ts"
import { Failed, kindOf } from "../support/failure.ts"
import { configFlag, jsonFlag } from "../support/flags.ts"
import { presentDatabase } from "../support/presentDatabase.ts"
import { bar } from "../support/progressBar.ts"
import { table } from "../support/table.ts"

const usage = (message: string) => new Failed({ kind: "usage", message })

/** An error of the target ends the command as the same error of the source does. */
const inTarget = (error: { readonly message: string }) => {
  const kind = kindOf(error)
  return new Failed({
    kind: kind === "done" || kind === "stopped" ? "failed" : kind,
    message: `--to: ${error.message}`
  })
}

const interrupted = (name: string) =>
  `Interrupted: ${name} is still the database in use. To start the move over, run the same command again.`

const targetOf = (url: string, ca: Option.Option<string>) =>
  Option.match(ca, { onNone: () => url, onSome: (ca) => ({ url, ca }) })

/** A database that is open, and up to date; which migrations that took. */
const open = Effect.fnUntraced(function* (database: DatabaseConfig.Database) {
  const services = yield* Layer.build(Layer.fresh(Database.layer(database)))
  const ran = yield* Effect.provide(Migrations.migrate, services)
  return { sql: Context.get(services, SqlClient.SqlClient), ran: ran.map(([, name]) => name) }
})

export const migrate = Command.make(
  "migrate",
  {
    config: configFlag,
    json: jsonFlag,
    to: Flag.String("to").pipe(
      Flag.withDescription(
        "Move a SQLite database to this Postgres database: postgres://user@host/database. The password is read from PGPASSWORD"
      ),
      Flag.optional
    ),
    ca: Flag.String("ca").pipe(
      Flag.withDescription("A PEM file with the certificate authorities of the server in --to. Requires TLS"),
      Flag.optional
    ),
    stay: Flag.Boolean("stay").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Cancel a move that was killed, and use the SQLite database again")
    )
  },
  Effect.fnUntraced(function* ({ config: file, json, to, ca, stay }) {
    const { database } = yield* ConfigFile.load(file)
    const name = Database.describe(database)
    const print = (value: object, text: string) => Console.log(json ? JSON.stringify(value) : text)
    if (stay) {
      yield* presentDatabase(database)
      const here = yield* open(database)
      yield* Move.stay(here.sql)
      return yield* print({ database: name, stays: true }, `${name} is in use again.`)
    }
    if (Option.isNone(to)) {
      const here = yield* open(database)
      const done = here.ran.length === 0 ? "was up to date" : `is up to date now: ${here.ran.join(", ")}`
      return yield* print({ database: name, migrations: here.ran }, `${name} ${done}.`)
    }
    if (database.kind !== "sqlite" || !/^postgres(?:ql)?:\/\//.test(to.value)) {
      return yield* usage("A move goes from SQLite to Postgres: give --to postgres://user@host/database")
    }
    const problems: Array<Problem.Problem> = []
    const target = yield* DatabaseConfig.resolve(".", targetOf(to.value, ca), Problem.collect(problems))
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
        onProgress: (table, rows) => update(rows, `Moving ${table}`)
      })
    ).pipe(
      Effect.scoped,
      Effect.onInterrupt(() => Console.error(interrupted(name)))
    )
    yield* print(
      { from: name, to: to.value, tables },
      [
        table(
          ["Table", "Rows", "SHA-256 of source and target"],
          tables.map(({ table, rows, sha256 }) => [table, rows.toLocaleString("en"), sha256.slice(0, 16)])
        ),
        "",
        `Moved everything to ${to.value}. Set it as the database in ${file}. The relay refuses ${name} from now on.`
      ].join("\n")
    )
  }, Effect.scoped)
).pipe(Command.withDescription("Upgrade the database, or move it from SQLite to Postgres"))
