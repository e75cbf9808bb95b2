import { Effect, FileSystem, Layer, Path } from "effect"
import { Argument, Command } from "effect/cli"
import { SqlClient } from "effect/sql"
import { SqliteClient } from "@usher/sqlite"
import * as ConfigFile from "../../config/ConfigFile.ts"
import { onlyOwner } from "../../database/Files.ts"
import { Failed, failed, usage } from "../support/failure.ts"
import { configFlag, jsonFlag, switchFlag } from "../support/flags.ts"
import { presentDatabase } from "../support/presentDatabase.ts"
import { print } from "../support/print.ts"

/** Verifies the copy, and counts its webhooks and invitations. */
const verified = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [check] = yield* sql<{ quick_check: string }>`PRAGMA quick_check(1)`
  if (check?.quick_check !== "ok") {
    return yield* failed(`The copy is damaged: ${check?.quick_check}`)
  }
  const [counts] = yield* sql<{ webhooks: number; invitations: number }>`SELECT
    (SELECT count(*) FROM webhooks) AS webhooks, (SELECT count(*) FROM invitations) AS invitations`
  return { webhooks: counts?.webhooks ?? 0, invitations: counts?.invitations ?? 0 }
})

const on = (filename: string) => Layer.fresh(SqliteClient.layer({ filename, readonly: true }))

export const backup = Command.make(
  "backup",
  {
    file: Argument.String("file").pipe(Argument.withDescription("The file to create")),
    config: configFlag,
    json: jsonFlag,
    force: switchFlag("force", "Replace an existing file after the copy is complete")
  },
  Effect.fnUntraced(function* ({ file, config, json, force }) {
    const { database } = yield* ConfigFile.load(config)
    if (database.kind === "postgres") {
      return yield* usage(
        `${database.url} is a Postgres database. Back it up with pg_dump, or with a base backup and its write-ahead log`
      )
    }
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const target = path.resolve(file)
    const directory = path.dirname(target)
    if (!(yield* fs.exists(directory)))
      return yield* failed(`The folder ${directory} does not exist. Create it first`)
    const { type } = yield* Effect.orElseSucceed(fs.stat(target), () => ({ type: "File" }))
    if (type === "Directory") return yield* failed(`${target} is a folder. Name a file in it`)
    if (!force && (yield* fs.exists(target))) {
      return yield* new Failed({
        kind: "refused",
        message: `${target} exists. Name another file, or give --force`
      })
    }
    yield* presentDatabase(database)
    // The copy gets its name only when it is complete.
    const partial = `${target}.partial`
    const found = yield* Effect.gen(function* () {
      yield* fs.remove(partial, { force: true })
      // SQLite writes into this empty file, which only its owner may read.
      yield* Effect.scoped(fs.open(partial, { flag: "wx", mode: onlyOwner.file }))
      // A single read transaction, which does not block writers.
      yield* Effect.provide(
        Effect.flatMap(SqlClient.SqlClient, (sql) => sql`VACUUM INTO ${partial}`),
        on(database.file)
      )
      const counts = yield* Effect.provide(verified, on(partial))
      yield* Effect.scoped(Effect.flatMap(fs.open(partial, { flag: "r+" }), (handle) => handle.sync))
      yield* fs.rename(partial, target)
      return { ...counts, bytes: Number((yield* fs.stat(target)).size) }
    }).pipe(Effect.onError(() => Effect.ignore(fs.remove(partial, { force: true }))))
    const [webhooks, invitations] = [found.webhooks, found.invitations].map((n) => n.toLocaleString("en"))
    yield* print(
      json,
      { file: target, ...found },
      () =>
        `${target} holds ${webhooks} webhooks and ${invitations} invitations, and passed an integrity check.`
    )
  })
).pipe(
  Command.withDescription("Copy the SQLite database to a file. The relay may be running"),
  Command.withExamples([
    {
      command: "usher backup /var/backups/usher.db --force",
      description: "Replace the previous copy, from a script"
    }
  ])
)
