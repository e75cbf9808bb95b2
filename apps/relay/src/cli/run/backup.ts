import { Console, Effect, FileSystem, Layer, Path } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { SqlClient } from "effect/sql"
import { SqliteClient } from "@usher/sqlite"
import * as ConfigFile from "../../config/ConfigFile.ts"
import { onlyOwner } from "../../database/Files.ts"
import { Failed } from "../support/failure.ts"
import { configFlag, jsonFlag } from "../support/flags.ts"
import { presentDatabase } from "../support/presentDatabase.ts"

/** One reading of the whole file, however much is written meanwhile: whoever writes does not wait for it. */
const copy = Effect.fnUntraced(function* (to: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`VACUUM INTO ${to}`
})

/** Whether what was written can be read back whole; how many webhooks and invitations are in it. */
const look = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [check] = yield* sql<{ quick_check: string }>`PRAGMA quick_check(1)`
  if (check?.quick_check !== "ok") {
    return yield* new Failed({ kind: "failed", message: `The copy is damaged: ${check?.quick_check}` })
  }
  const [counts] = yield* sql<{ webhooks: number; invitations: number }>`SELECT
    (SELECT count(*) FROM webhooks) AS webhooks, (SELECT count(*) FROM invitations) AS invitations`
  return { webhooks: counts?.webhooks ?? 0, invitations: counts?.invitations ?? 0 }
})

const on = (filename: string) => Layer.fresh(SqliteClient.layer({ filename, readonly: true }))

export const backup = Command.make(
  "backup",
  {
    file: Argument.String("file").pipe(Argument.withDescription("Where the copy goes; a path that is free")),
    config: configFlag,
    json: jsonFlag,
    force: Flag.Boolean("force").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Replace a file that is there, once the new one is complete")
    )
  },
  Effect.fnUntraced(function* ({ file, config, json, force }) {
    const { database } = yield* ConfigFile.load(config)
    if (database.kind === "postgres") {
      return yield* new Failed({
        kind: "usage",
        message: `${database.url} is backed up with Postgres's own tools: pg_dump, or a base backup with its log`
      })
    }
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const target = path.resolve(file)
    if (!force && (yield* fs.exists(target))) {
      return yield* new Failed({
        kind: "refused",
        message: `${target} already exists: name another file, or pass --force`
      })
    }
    yield* presentDatabase(database)
    // Beside its place, so that what bears the name is always whole.
    const partial = `${target}.partial`
    const found = yield* Effect.gen(function* () {
      yield* fs.remove(partial, { force: true })
      // SQLite writes into an empty file, which nobody else may read while it does.
      yield* Effect.scoped(fs.open(partial, { flag: "wx", mode: onlyOwner.file }))
      yield* Effect.provide(copy(partial), on(database.file))
      const counts = yield* Effect.provide(look, on(partial))
      yield* Effect.scoped(Effect.flatMap(fs.open(partial, { flag: "r+" }), (handle) => handle.sync))
      yield* fs.rename(partial, target)
      return { ...counts, bytes: Number((yield* fs.stat(target)).size) }
    }).pipe(Effect.onError(() => Effect.ignore(fs.remove(partial, { force: true }))))
    yield* Console.log(
      json
        ? JSON.stringify({ file: target, ...found })
        : `${target} holds ${found.webhooks.toLocaleString("en")} webhooks and ${found.invitations.toLocaleString("en")} invitations, and can be read back whole.`
    )
  })
).pipe(Command.withDescription("Copy the SQLite database to a file, also while the relay runs"))
