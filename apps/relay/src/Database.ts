/** Where the relay keeps what it must not lose: a file, or Postgres when one machine is outgrown. */
import { Config, Effect, FileSystem, Layer, Option, Path, Redacted, Schema } from "effect"
import { Postgres, Signals } from "@usher/engine"
import { SqliteClient } from "@usher/sqlite"
import * as SecretRef from "./SecretRef.ts"

const Url = Schema.String.check(
  Schema.isPattern(/^(?:sqlite:.+|postgres(?:ql)?:\/\/.+)/, {
    expected: "postgres://user@host/database, or sqlite: and the path of a file"
  })
)

/** As it stands in the configuration file. */
export const DatabaseConfig = Schema.Union([
  Url,
  Schema.Struct({ url: Url, password: SecretRef.SecretRef })
]).annotate({ message: "Expected postgres://user@host/database, sqlite:path, or { url, password }" })

export type Database =
  /** The file is absolute. */
  | { readonly kind: "sqlite"; readonly file: string }
  /** The URL holds no password. */
  | { readonly kind: "postgres"; readonly url: string; readonly password: Redacted.Redacted | undefined }

/** Why a database can't be what was written. */
export class InvalidDatabase extends Schema.TaggedError<InvalidDatabase>()("InvalidDatabase", {
  message: Schema.String
}) {}

/** A path is seen from the folder. Without a password of its own, Postgres is given `PGPASSWORD`, if that is set. */
export const resolve = Effect.fnUntraced(function* (config: typeof DatabaseConfig.Type, folder: string) {
  const path = yield* Path.Path
  const { url, password } = typeof config === "string" ? { url: config, password: undefined } : config
  if (url.startsWith("sqlite:")) {
    const database: Database = { kind: "sqlite", file: path.resolve(folder, url.slice("sqlite:".length)) }
    return database
  }
  if (holdsPassword(url)) {
    return yield* new InvalidDatabase({
      message:
        "a password must not stand here: name it as { url, password: { env: NAME } }, or set PGPASSWORD"
    })
  }
  const fromEnvironment = Effect.map(
    Effect.option(Config.String("PGPASSWORD")),
    Option.match({ onNone: () => undefined, onSome: (value) => Redacted.make(value) })
  )
  const database: Database = {
    kind: "postgres",
    url,
    password: yield* password === undefined
      ? fromEnvironment
      : Effect.mapError(SecretRef.read(password, folder), ({ message }) => new InvalidDatabase({ message }))
  }
  return database
})

const holdsPassword = (url: string) =>
  !URL.canParse(url) || new URL(url).password !== "" || new URL(url).searchParams.has("password")

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
