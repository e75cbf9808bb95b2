/** `database`: where it is, and its password by reference. */
import { Config, Effect, Option, Path, Redacted, Schema } from "effect"
import type { Database } from "../Database.ts"
import * as SecretRef from "./SecretRef.ts"

const Url = Schema.String.check(
  Schema.isPattern(/^(?:sqlite:.+|postgres(?:ql)?:\/\/.+)/u, {
    expected: "postgres://user@host/database, or sqlite: and the path of a file"
  })
)

export const DatabaseConfig = Schema.Union([
  Url,
  Schema.Struct({
    url: Url.annotateKey({ description: "where it is, without the password" }),
    password: SecretRef.SecretRef.annotateKey({ description: "where the password is kept" })
  })
]).annotate({ message: "Expected postgres://user@host/database, sqlite:path, or { url, password }" })

/** Why a database can't be what was written. */
export class InvalidDatabase extends Schema.TaggedError<InvalidDatabase>()("InvalidDatabase", {
  message: Schema.String
}) {}

/** A path is seen from the folder. Without a password of its own, Postgres is given `PGPASSWORD`, if that is set. */
export const resolve = Effect.fnUntraced(function* (
  folder: string,
  config: typeof DatabaseConfig.Type = "sqlite:./data/usher.db"
) {
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
