/** `usher compact`: rewrites the database without what was deleted from it. */
import { ByteSize, Context, Effect, FileSystem, Layer, Path } from "effect"
import { SecureRandom } from "effect/crypto"
import { Command } from "effect/cli"
import { SqlClient } from "effect/sql"
import { Access } from "@usher/admin"
import { Compaction, Inbox, Migrations } from "@usher/engine"
import { SqliteClient } from "@usher/sqlite"
import { statfs } from "node:fs/promises"
import * as AuditLog from "@usher/admin/AuditLog"
import * as ConfigFile from "../../config/ConfigFile.ts"
import type * as DatabaseConfig from "../../config/DatabaseConfig.ts"
import * as Database from "../../database/Database.ts"
import { commandLine } from "../support/commandLine.ts"
import { confirm, yesFlag } from "../support/confirm.ts"
import { Failed } from "../support/failure.ts"
import { configFlag, jsonFlag, quiet } from "../support/flags.ts"
import { presentDatabase } from "../support/presentDatabase.ts"
import { print } from "../support/print.ts"
import { bar } from "../support/progressBar.ts"

export const compact = Command.make(
  "compact",
  { config: configFlag, json: jsonFlag, yes: yesFlag },
  Effect.fnUntraced(
    function* ({ config, json, yes }) {
      const { database } = yield* ConfigFile.load(config)
      const services = yield* Layer.build(layerOf(yield* present(database)))
      const sql = Context.get(services, SqlClient.SqlClient)
      const pending = yield* Effect.provide(Migrations.pending, services)
      if (pending.length > 0) {
        return yield* new Failed({
          kind: "failed",
          message: `${Database.describe(database)} has an older schema. To upgrade it: usher migrate`
        })
      }
      const before = yield* sizeOf(database, sql)
      yield* refuseIfFull(database, before)
      yield* confirm(planText(database, before), "Compact the database?", yes)
      const audit = Context.get(services, AuditLog.AuditLog)
      yield* Effect.provideService(
        audit.around("database.compact", {})(rewrite(sql)),
        Access.Caller,
        commandLine()
      )
      const after = yield* sizeOf(database, sql)
      const result = { database: Database.describe(database), before: before.bytes, after: after.bytes }
      yield* print(json, result, () => `Compacted: ${text(before.bytes)} before, ${text(after.bytes)} now.`)
    },
    Effect.scoped,
    quiet,
    Effect.catchTag("SqlError", (cause) => new Inbox.InboxUnavailable({ cause }))
  )
).pipe(
  Command.withDescription(
    "Rewrite the database without its deleted data. The relay may be running: meanwhile it answers senders with 503, and they retry. SQLite: VACUUM, and the write-ahead log is emptied. Postgres: VACUUM (FULL, ANALYZE) of the relay's tables. Exit code 1 if the disk has too little free space, 5 if the database stays in use for too long"
  ),
  Command.withExamples([
    { command: "usher compact", description: "Show the required disk space, and ask for confirmation" },
    { command: "usher compact --yes", description: "Without confirmation, for scripts" }
  ]),
  Command.withShortDescription("Rewrite the database without its deleted data")
)

const present = Effect.fnUntraced(function* (database: DatabaseConfig.Database) {
  if (database.kind === "postgres") return database
  yield* presentDatabase(database)
  const path = yield* Path.Path
  // SQLite writes its copy there: /tmp is often small, and the copy holds what the file holds.
  process.env["SQLITE_TMPDIR"] = path.dirname(database.file)
  return database
})

const layerOf = (database: DatabaseConfig.Database) =>
  AuditLog.layer().pipe(
    Layer.provide(SecureRandom.layerWebCrypto),
    Layer.provideMerge(
      database.kind === "sqlite"
        ? SqliteClient.layer({ filename: database.file, busyTimeout: "5 seconds" })
        : Database.layer(database)
    )
  )

const rewrite = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const { update } = yield* bar("Compacting", undefined)
  let done = 0
  yield* Compaction.compact(sql, (table) => update(++done, `Compacting ${table}`))
}, Effect.scoped)

interface Size extends Compaction.Size {
  /** Of the write-ahead log. */
  readonly log: number
  /** On the disk of the database; null where nobody can know. */
  readonly disk: number | null
}

const sizeOf = Effect.fnUntraced(function* (database: DatabaseConfig.Database, sql: SqlClient.SqlClient) {
  const size = yield* Compaction.size(sql)
  if (database.kind === "postgres") return { ...size, log: 0, disk: null }
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const log = yield* fs.stat(`${database.file}-wal`).pipe(
    Effect.map((info) => Number(info.size)),
    Effect.orElseSucceed(() => 0)
  )
  const disk = yield* Effect.promise(() => statfs(path.dirname(database.file)))
  return { ...size, log, disk: disk.bavail * disk.bsize }
})

const refuseIfFull = (database: DatabaseConfig.Database, { disk, needed }: Size) =>
  disk === null || disk >= needed
    ? Effect.void
    : new Failed({
        kind: "failed",
        message: `Nothing was done: rewriting ${Database.describe(database)} needs ${text(needed)} of free disk space, and only ${text(disk)} are free.`
      })

const text = (bytes: number): string => ByteSize.format(ByteSize.bytes(bytes))

const planText = (database: DatabaseConfig.Database, { bytes, free, log, needed, disk }: Size): string =>
  (database.kind === "sqlite"
    ? [
        `${database.file} uses ${text(bytes)} (${text(free ?? 0)} of it free pages) and ${text(log)} for its write-ahead log.`,
        `Rewriting it needs ${text(needed)} of free disk space; ${text(disk ?? 0)} are free.`,
        "Writes wait meanwhile: a running relay answers senders with 503, and they retry."
      ]
    : [
        `The relay's tables in ${database.url} use ${text(bytes)}.`,
        `Rewriting them one after another needs up to ${text(needed)} of free disk space on the server.`,
        "Reads and writes of a table wait while it is rewritten: relays answer senders with 503, and they retry."
      ]
  ).join(" ")
