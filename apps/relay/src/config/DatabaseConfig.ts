/** `database`: its URL, and a reference to its password. */
import { Config, Effect, Option, Path, Redacted, Schema } from "effect"
import * as Authority from "./Authority.ts"
import type { Problems } from "./Problem.ts"
import * as SecretRef from "./SecretRef.ts"
import { optional } from "./optional.ts"

export type Database =
  /** `file` is an absolute path. */
  { readonly kind: "sqlite"; readonly file: string } | Server

export interface Server {
  readonly kind: "postgres"
  /** The URL without a password. */
  readonly url: string
  readonly password: Redacted.Redacted | undefined
  /** The certificate authorities of the server. If set, TLS is required. */
  readonly ca: Authority.Authority | undefined
  /** The maximum number of connections of this process. */
  readonly maxConnections: number
}

const Url = Schema.String.check(
  Schema.isPattern(/^(?:sqlite:.+|postgres(?:ql)?:\/\/.+)/u, {
    expected: "postgres://user@host/database, or sqlite: and the path of a file"
  })
)

/** One connection listens to other relays, one elects leaders of Spots, and two do everything else. */
const leastConnections = 4

const defaultConnections = 10

export const DatabaseConfig = Schema.Union([
  Url,
  Schema.Struct({
    url: Url.annotateKey({ description: "The URL of the database, without the password" }),
    password: optional(
      SecretRef.SecretRef,
      "A reference to the password. Default: the environment variable PGPASSWORD"
    ),
    ca: optional(
      Authority.CaFile,
      "The path of a PEM file with certificate authorities, relative to the folder of this file. Requires TLS and a Postgres server with a certificate signed by one of them"
    ),
    maxConnections: optional(
      Schema.Int.check(Schema.isBetween({ minimum: leastConnections, maximum: 1_000 })).annotate({
        message: `Expected a whole number from ${leastConnections} to 1,000`
      }),
      `The maximum number of connections of each relay to Postgres, from ${leastConnections} to 1,000. Default: ${defaultConnections}`
    )
  })
]).annotate({ message: "Expected postgres://user@host/database, sqlite:path, or { url, password, ca }" })

/**
 * Resolves the database. Relative paths are relative to the folder. The default password is `PGPASSWORD`. Notes all
 * problems; undefined if no database is left.
 */
export const resolve = Effect.fnUntraced(function* (
  folder: string,
  config: typeof DatabaseConfig.Type = "sqlite:./data/usher.db",
  problems: Problems
) {
  const path = yield* Path.Path
  const note = (reason: string) => problems.note([], reason)
  const { url, password, ca, maxConnections }: Exclude<typeof config, string> =
    typeof config === "string" ? { url: config } : config
  const secret =
    password === undefined ? undefined : yield* SecretRef.readOrNote(password, folder, problems, ["password"])
  if (url.startsWith("sqlite:")) {
    if (ca !== undefined) yield* problems.note(["ca"], "ca applies only to Postgres: remove it")
    if (maxConnections !== undefined)
      yield* problems.note(["maxConnections"], "maxConnections applies only to Postgres: remove it")
    const database: Database = { kind: "sqlite", file: path.resolve(folder, url.slice("sqlite:".length)) }
    return database
  }
  const authority = ca === undefined ? undefined : yield* Authority.readOrNote(ca, folder, problems)
  if (holdsPassword(url)) {
    yield* note("the URL has a password: move it to { url, password: { env: NAME } }, or set PGPASSWORD")
    return undefined
  }
  const { searchParams } = new URL(url)
  const unread = unreadParameters.filter((name) => searchParams.has(name))
  if (unread.length > 0) {
    yield* note(
      `the relay does not support ${unread.join(", ")} in the URL: name the file with the certificate authorities as { url, ca: path }`
    )
  }
  if (ca !== undefined && searchParams.get("sslmode") === "disable") {
    yield* note("sslmode=disable contradicts ca: remove one of them")
  }
  const database: Database = {
    kind: "postgres",
    url,
    password: password === undefined ? yield* fromEnvironment : (secret ?? undefined),
    ca: authority ?? undefined,
    maxConnections: maxConnections ?? defaultConnections
  }
  return database
})

const fromEnvironment = Effect.map(
  Effect.option(Config.String("PGPASSWORD")),
  Option.match({ onNone: () => undefined, onSome: (value) => Redacted.make(value) })
)

/** Parameters of Postgres's own client that ours would silently ignore. */
const unreadParameters = ["sslrootcert", "sslcert", "sslkey", "sslcrl"]

const holdsPassword = (url: string) =>
  !URL.canParse(url) || new URL(url).password !== "" || new URL(url).searchParams.has("password")
