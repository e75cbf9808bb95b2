/** Checks that the configured database exists, is up to date and can be written. Creates and migrates nothing. */
import { Effect, FileSystem, Layer, Path } from "effect"
import { SqlClient } from "effect/sql"
import { statfs } from "node:fs/promises"
import * as Postgres from "@usher/engine/Postgres"
import { SqliteClient } from "@usher/sqlite"
import type * as DatabaseConfig from "../config/DatabaseConfig.ts"
import * as Database from "../database/Database.ts"
import * as Schema from "../database/Schema.ts"

export interface Found {
  readonly ok: boolean
  readonly status: "up to date" | "behind" | "new" | "unusable"
  /** Migrations that the relay would run when it starts. */
  readonly pending: ReadonlyArray<string>
  readonly detail: string
}

export const checkDatabase = Effect.fnUntraced(function* (database: DatabaseConfig.Database) {
  const fs = yield* FileSystem.FileSystem
  const hindrance = database.kind === "sqlite" ? yield* whyNoFile(database.file) : undefined
  if (hindrance !== undefined) return unusable(hindrance)
  const isThere =
    database.kind === "postgres" || (yield* Effect.orElseSucceed(fs.exists(database.file), () => true))
  if (!isThere)
    return found("new", Schema.migrations, "does not exist yet: the relay creates it at its start")
  return yield* Effect.gen(function* () {
    // First: behind a pooler the other checks mean little.
    if (database.kind === "postgres") yield* Postgres.checkSessions
    const pending = yield* Schema.pending
    const refused = database.kind === "postgres" ? yield* whyNoPostgres(pending.length > 0) : undefined
    if (refused !== undefined) return unusable(refused)
    return pending.length === 0
      ? found("up to date", pending, "is up to date")
      : found(
          "behind",
          pending,
          `needs ${pending.join(", ")}: the relay runs these migrations at its start, or run usher migrate`
        )
  }).pipe(
    Effect.provide(Layer.fresh(Database.layerReadOnly(database))),
    Effect.timeout("10 seconds"),
    Effect.catch((error) => {
      const reason = error._tag === "TimeoutError" ? "it did not respond within 10 seconds" : error.message
      return Effect.succeed(unusable(reason.replace("The database can't be used: ", "")))
    })
  )
})

/** Why this user can't write or create the file. SQLite also creates files beside it. */
const whyNoFile = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const exists = (path: string) => Effect.orElseSucceed(fs.exists(path), () => false)
  const isWritable = (path: string) =>
    fs.access(path, { writable: true }).pipe(
      Effect.as(true),
      Effect.orElseSucceed(() => false)
    )
  if ((yield* exists(file)) && !(yield* isWritable(file)))
    return "this user has no write permission on the file"
  const orphaned = SqliteClient.orphaned(file)
  if (orphaned !== undefined) return orphaned
  let folder = path.dirname(file)
  const isMade = !(yield* exists(folder))
  while (!(yield* exists(folder)) && path.dirname(folder) !== folder) folder = path.dirname(folder)
  const { type } = yield* Effect.orElseSucceed(fs.stat(folder), () => ({ type: "Unknown" }))
  if (type !== "Directory") return `${folder} is not a folder`
  if (isMade && (yield* isVirtual(folder)))
    return `its folder can't be created in ${folder}, which holds no files`
  if (yield* isWritable(folder)) return undefined
  return isMade
    ? `this user can't create its folder in ${folder}`
    : `this user can't create files in its folder ${folder}, which the database needs`
})

/** The types of Linux file systems that look writable to root, and in which nothing can be created: those of /proc and /sys. */
const virtual: ReadonlySet<number> = new Set([0x9fa0, 0x62656572])

const isVirtual = (folder: string) =>
  Effect.tryPromise(() => statfs(folder)).pipe(
    Effect.map(({ type }) => virtual.has(type)),
    Effect.orElseSucceed(() => false)
  )

/** Tables that the relay needs to accept and to send. */
const tables = ["usher_migrations", "usher_admin_migrations", "settings", "webhooks", "invitations", "probes"]

const rights = ["SELECT", "INSERT", "UPDATE", "DELETE"]

/** Why the role is not sufficient for the relay. */
const whyNoPostgres = Effect.fnUntraced(function* (hasPending: boolean) {
  const sql = yield* SqlClient.SqlClient
  const [server] = yield* sql<{
    readonly standby: boolean
    readonly readonly: string
    readonly creates: boolean | null
  }>`
    SELECT pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only') AS readonly,
      has_schema_privilege(current_schema(), 'CREATE') AS creates`
  if (server?.standby === true) return "the server is a read-only standby"
  if (server?.readonly === "on") return "its transactions are read-only (default_transaction_read_only)"
  if (hasPending && server?.creates !== true) return "this role can't create tables in its schema"
  const lacking = yield* sql<{ readonly name: string; readonly right: string }>`
    SELECT c.relname AS name, r.name AS "right"
    FROM pg_class c, unnest(string_to_array(${rights.join()}, ',')) AS r(name)
    WHERE c.oid IN (SELECT to_regclass(t) FROM unnest(string_to_array(${tables.join()}, ',')) AS t)
      AND NOT has_table_privilege(c.oid, r.name)
    ORDER BY c.relname, r.name`
  const [first] = lacking
  return first === undefined
    ? undefined
    : `this role lacks the privilege ${first.right} on the table ${first.name}`
})

const unusable = (reason: string) => found("unusable", [], `can't be used: ${reason}`)

const found = (status: Found["status"], pending: ReadonlyArray<string>, detail: string): Found => ({
  ok: status !== "unusable",
  status,
  pending,
  detail
})
