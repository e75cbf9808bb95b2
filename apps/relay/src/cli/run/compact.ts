/** `usher compact`: rewrite the database without its deleted data. */
import { ByteSize, Context, Effect, FileSystem, Layer, Path } from "effect"
import { SecureRandom } from "effect/crypto"
import { Command } from "effect/cli"
import { SqlClient } from "effect/sql"
import { Access } from "@usher/admin"
import { Compaction, Inbox } from "@usher/engine"
import { SqliteClient } from "@usher/sqlite"
import { statfs } from "node:fs/promises"
import * as AuditLog from "@usher/admin/AuditLog"
import * as ConfigFile from "../../config/ConfigFile.ts"
import type * as DatabaseConfig from "../../config/DatabaseConfig.ts"
import * as Database from "../../database/Database.ts"
import * as Schema from "../../database/Schema.ts"
import { commandLine } from "../support/commandLine.ts"
import { confirm, yesFlag } from "../support/confirm.ts"
import { failed } from "../support/failure.ts"
import { configFlag, jsonFlag, quiet } from "../support/flags.ts"
import { presentDatabase, upToDate } from "../support/presentDatabase.ts"
import { print } from "../support/print.ts"
import { bar } from "../support/progressBar.ts"

export const compact = Command.make(
  "compact",
  { config: configFlag, json: jsonFlag, yes: yesFlag },
  Effect.fnUntraced(
    function* ({ config, json, yes }) {
      const { database } = yield* ConfigFile.load(config)
      if (database.kind === "sqlite") {
        yield* presentDatabase(database)
        // SQLite writes a full copy to its temporary folder, and /tmp is often too small.
        process.env["SQLITE_TMPDIR"] = (yield* Path.Path).dirname(database.file)
      }
      yield* upToDate(database)
      const services = yield* Layer.build(layerOf(database))
      const sql = Context.get(services, SqlClient.SqlClient)
      const before = yield* sizeOf(database, sql)
      if (before.disk !== null && before.disk < before.needed) {
        return yield* failed(
          `Nothing was done: rewriting ${Database.describe(database)} needs ${text(before.needed)} of free disk space, and only ${text(before.disk)} are free.`
        )
      }
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
  yield* Compaction.compact(sql, {
    tables: Schema.tables,
    onTable: (table) => update(++done, `Compacting ${table}`)
  })
}, Effect.scoped)

/** The size of the database, of its write-ahead log, and of the free space on its disk. */
const sizeOf = Effect.fnUntraced(function* (database: DatabaseConfig.Database, sql: SqlClient.SqlClient) {
  const size = yield* Compaction.size(sql, Schema.tables)
  if (database.kind === "postgres") return { ...size, log: 0, disk: null }
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { size: log } = yield* Effect.orElseSucceed(fs.stat(`${database.file}-wal`), () => ({ size: 0 }))
  const disk = yield* Effect.promise(() => statfs(path.dirname(database.file)))
  return { ...size, log: Number(log), disk: disk.bavail * disk.bsize }
})

type Size = Effect.Success<ReturnType<typeof sizeOf>>

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
