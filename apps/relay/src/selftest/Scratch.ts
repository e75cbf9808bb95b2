/**
 * A scratch store: a file beside the configured one, on the same disk, or a separate database on the configured server. A
 * separate schema is not enough: relays on one database signal each other and share the leadership of Spots.
 */
import { Data, Effect, FileSystem, Layer, Path } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient, type SqlError } from "effect/sql"
import { Inbox } from "@usher/engine"
import * as Postgres from "@usher/engine/Postgres"
import { SqliteClient } from "@usher/sqlite"
import type { Database, Server } from "../config/DatabaseConfig.ts"
import * as Databases from "../database/Database.ts"

export interface Scratch {
  readonly database: Database
  /** The folder for files of the test. */
  readonly folder: string
}

export class NoScratch extends Data.TaggedError("NoScratch")<{ readonly message: string }> {}

/** Creates the store, and deletes it with the scope. */
export const make = (configured: Database) =>
  configured.kind === "sqlite" ? beside(configured.file) : within(configured)

const prefix = "usher-selftest-"

const beside = Effect.fnUntraced(
  function* (file: string) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    let directory = path.dirname(file)
    while (!(yield* fs.exists(directory))) directory = path.dirname(directory)
    const folder = yield* fs.makeTempDirectoryScoped({ directory, prefix })
    const scratch: Scratch = { database: { kind: "sqlite", file: path.join(folder, "usher.db") }, folder }
    return scratch
  },
  Effect.mapError(
    ({ message }) => new NoScratch({ message: `Can't create a scratch file beside the database: ${message}` })
  )
)

const within = Effect.fnUntraced(function* (configured: Server) {
  const fs = yield* FileSystem.FileSystem
  const id = yield* (yield* SecureRandom.SecureRandom).ulid
  const name = `usher_selftest_${id.toLowerCase()}`
  const administer = (statement: string) =>
    SqlClient.SqlClient.use((sql) => sql.unsafe<{ readonly value?: string }>(statement)).pipe(
      Effect.provide(layerServer(configured), { local: true }),
      Effect.mapError((cause) => refused(configured, cause))
    )
  yield* Effect.acquireRelease(administer(`CREATE DATABASE ${name}`), () =>
    Effect.catch(administer(`DROP DATABASE ${name} WITH (FORCE)`), ({ message }) =>
      Effect.logError(`${name} was not dropped. Drop it by hand. ${message}`)
    )
  )
  // The setting may be specific to the configured database.
  const [mode] = yield* administer("SELECT current_setting('synchronous_commit') AS value")
  yield* administer(`ALTER DATABASE ${name} SET synchronous_commit = '${mode?.value ?? "on"}'`)
  const url = new URL(configured.url)
  url.pathname = name
  const scratch: Scratch = {
    database: { ...configured, url: url.href },
    folder: yield* Effect.mapError(
      fs.makeTempDirectoryScoped({ prefix }),
      ({ message }) =>
        new NoScratch({ message: `Can't create a folder for the test's configuration: ${message}` })
    )
  }
  return scratch
})

/** Runs an effect that reads the store. A file is opened read-only. */
export const reading = (scratch: Scratch) => Effect.provide(layer(scratch, true), { local: true })

/** Runs an effect on the store, opened like the relay opens it. */
export const writing = (scratch: Scratch) => Effect.provide(layer(scratch, false), { local: true })

const layer = ({ database }: Scratch, readonly: boolean) =>
  database.kind === "sqlite"
    ? Layer.fresh(SqliteClient.layer({ filename: database.file, readonly }))
    : layerServer(database)

/** A client with another application name than the relay, so that the test can wait for the connections of the relay to end. */
const layerServer = (server: Server) =>
  Layer.fresh(Postgres.layerClient({ ...Databases.clientOptions(server), applicationName: "usher-selftest" }))

const refused = ({ url }: Server, cause: SqlError.SqlError) => {
  const { message } = new Inbox.InboxUnavailable({ cause })
  const remedy =
    cause.reason._tag === "AuthorizationError"
      ? ". The test creates a database and drops it afterwards: allow the role to do so with ALTER ROLE … CREATEDB"
      : ""
  return new NoScratch({ message: `Can't create a scratch database on ${url}. ${message}${remedy}` })
}
