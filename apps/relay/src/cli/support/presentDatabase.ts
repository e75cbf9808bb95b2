/** Checks the database before a command opens it. */
import { Effect, FileSystem, Layer } from "effect"
import { SqliteClient } from "@usher/sqlite"
import type * as DatabaseConfig from "../../config/DatabaseConfig.ts"
import * as Database from "../../database/Database.ts"
import * as Schema from "../../database/Schema.ts"
import { fileProblem } from "../../fileProblem.ts"
import { Failed } from "./failure.ts"

/** Fails with exit code 5 if the SQLite file does not exist, for commands that must not create it. */
export const presentDatabase = Effect.fnUntraced(function* (database: DatabaseConfig.Database) {
  if (database.kind !== "sqlite") return
  const fs = yield* FileSystem.FileSystem
  const isThere = yield* Effect.mapError(
    fs.exists(database.file),
    (error) =>
      new Failed({
        kind: "unavailable",
        message: `${database.file} ${fileProblem(error) ?? `can't be used: ${error.message}`}.`
      })
  )
  if (isThere) return
  const reason = SqliteClient.orphaned(database.file)
  return yield* new Failed({
    kind: "unavailable",
    message:
      reason === undefined
        ? `${database.file} does not exist. To create it: usher serve, or usher migrate`
        : `${database.file} can't be used: ${reason}`
  })
})

/**
 * Fails with exit code 5 if the database waits for migrations, for commands that must not migrate it: an older relay may be
 * running. `mayBeNew` allows a database without tables.
 */
export const upToDate = Effect.fnUntraced(function* (database: DatabaseConfig.Database, mayBeNew = false) {
  const pending = yield* Effect.provide(Schema.pending, Layer.fresh(Database.layerReadOnly(database)))
  if (pending.length === 0 || (mayBeNew && pending.length === Schema.migrations.length)) return
  return yield* new Failed({
    kind: "unavailable",
    message: `${Database.describe(database)} has an older schema and waits for ${pending.join(", ")}. To upgrade it: stop the older relay, then usher migrate`
  })
})
