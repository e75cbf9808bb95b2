/** Whether the configured database is there and up to date. Nothing is made, and nothing migrated. */
import { Effect, FileSystem, Layer } from "effect"
import { InboxSql } from "@usher/engine"
import * as Database from "../Database.ts"

export interface Found {
  readonly ok: boolean
  readonly status: "up to date" | "behind" | "new" | "unusable"
  /** Migrations that the relay would run when it starts. */
  readonly pending: ReadonlyArray<string>
  readonly detail: string
}

export const checkDatabase = Effect.fnUntraced(function* (database: Database.Database) {
  const fs = yield* FileSystem.FileSystem
  const there =
    database.kind === "postgres" || (yield* Effect.orElseSucceed(fs.exists(database.file), () => true))
  if (!there)
    return found(
      "new",
      Object.keys(InboxSql.migrations),
      "is not there yet: the relay makes it when it starts"
    )
  return yield* InboxSql.pending.pipe(
    Effect.map((pending) =>
      pending.length === 0
        ? found("up to date", pending, "is up to date")
        : found(
            "behind",
            pending,
            `waits for ${pending.join(", ")}: the relay runs them when it starts, or usher migrate`
          )
    ),
    Effect.provide(Layer.fresh(Database.layerLook(database))),
    Effect.timeout("10 seconds"),
    Effect.catch((error) => {
      const reason = error._tag === "TimeoutError" ? "it gives no answer within 10 seconds" : error.message
      return Effect.succeed(
        found("unusable", [], `can't be used: ${reason.replace("The database can't be used: ", "")}`)
      )
    })
  )
})

const found = (status: Found["status"], pending: ReadonlyArray<string>, detail: string): Found => ({
  ok: status !== "unusable",
  status,
  pending,
  detail
})
