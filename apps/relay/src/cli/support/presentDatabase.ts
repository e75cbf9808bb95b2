import { Effect, FileSystem } from "effect"
import type { Database } from "../../config/DatabaseConfig.ts"
import { Failed } from "./failure.ts"

/** Fails with exit code 5 if the SQLite file does not exist, for commands that must not create it. */
export const presentDatabase = Effect.fnUntraced(function* (database: Database) {
  if (database.kind !== "sqlite") return
  const fs = yield* FileSystem.FileSystem
  if (yield* fs.exists(database.file)) return
  return yield* new Failed({
    kind: "unavailable",
    message: `${database.file} does not exist. To create it: usher serve, or usher migrate`
  })
})
