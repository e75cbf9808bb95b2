/** Where the relay keeps what it must not lose: a file, or Postgres when one machine is outgrown. */
import { Effect, FileSystem, Layer, Path, Redacted } from "effect"
import { Postgres, Signals } from "@usher/engine"
import { SqliteClient } from "@usher/sqlite"

export type Database =
  /** The file is absolute. */
  | { readonly kind: "sqlite"; readonly file: string }
  /** The URL holds no password. */
  | { readonly kind: "postgres"; readonly url: string; readonly password: Redacted.Redacted | undefined }

/** For people, without a secret. */
export const describe = (database: Database): string =>
  database.kind === "sqlite" ? database.file : database.url

/** The client, and signals that reach every relay on the database. The folder of a file is made if it is not there. */
export const layer = (database: Database) =>
  database.kind === "sqlite"
    ? Layer.mergeAll(Signals.Signals.layerLocal, SqliteClient.layer({ filename: database.file })).pipe(
        Layer.provide(
          Layer.effectDiscard(
            Effect.gen(function* () {
              const fs = yield* FileSystem.FileSystem
              const path = yield* Path.Path
              yield* fs.makeDirectory(path.dirname(database.file), { recursive: true })
            })
          )
        )
      )
    : Postgres.layer({
        url: Redacted.make(database.url),
        ...(database.password === undefined ? {} : { password: database.password })
      })
