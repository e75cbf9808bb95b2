/** The database of the relay: a SQLite file, or Postgres for several machines. */
import * as AdminMigrations from "@usher/admin/Migrations"
import { Effect, FileSystem, Layer, Path, Redacted } from "effect"
import { Inbox, Leadership, Signals, SpotControlSql, StoreSql } from "@usher/engine"
import * as Postgres from "@usher/engine/Postgres"
import * as PostgresLeadership from "@usher/engine/PostgresLeadership"
import { SqliteClient, SqliteLock } from "@usher/sqlite"
import type { Database, Server } from "../config/DatabaseConfig.ts"
import { onlyOwner } from "./Files.ts"

/** The file or the URL, without a secret. */
export const describe = (database: Database): string =>
  database.kind === "sqlite" ? database.file : database.url

/** The client, and signals to all relays on the database. */
export const layer = (database: Database) =>
  database.kind === "sqlite" ? layerSqlite(database.file) : layerPostgres(database)

/** The migrated database, with the control and the leadership of Spots. */
export const layerWithLeadership = (database: Database) =>
  database.kind === "sqlite" ? layerLedSqlite(database.file) : layerLedPostgres(database)

const layerStore = Layer.mergeAll(SpotControlSql.layer, AdminMigrations.layer).pipe(
  Layer.provideMerge(StoreSql.layer)
)

const layerLedSqlite = (file: string, checkpoints?: SqliteClient.Options["checkpoints"]) =>
  Leadership.layerAlone.pipe(
    Layer.provideMerge(layerStore),
    Layer.provideMerge(layerSqlite(file, checkpoints))
  )

const layerLedPostgres = (server: Server) =>
  PostgresLeadership.layer.pipe(Layer.provideMerge(layerStore), Layer.provideMerge(layerPostgres(server)))

/**
 * The database of a serving relay. Fails if another relay serves the SQLite file, or if a pooler in front of Postgres does
 * not keep sessions.
 */
export const layerServed = (database: Database) =>
  database.kind === "sqlite"
    ? // A thread checkpoints the file, so that webhooks do not wait for it.
      layerLedSqlite(database.file, "thread").pipe(Layer.provide(layerAlone(database.file)))
    : layerLedPostgres(database).pipe(Layer.provide(layerSessions(database)))

/** Checks the server with a separate client before anything else uses it. */
const layerSessions = (server: Server) =>
  Layer.effectDiscard(Postgres.checkSessions).pipe(
    Layer.provide(Layer.fresh(Postgres.layerClient(clientOptions(server))))
  )

const layerAlone = (file: string) =>
  Layer.effectDiscard(
    Effect.catchTag(SqliteLock.hold(file), "SqlError", (error) =>
      Effect.fail(
        new Inbox.InboxUnavailable({
          cause: error.reason._tag === "LockTimeoutError" ? new Error(error.message) : error
        })
      )
    )
  ).pipe(Layer.provide(layerFolder(file)))

/** The store of a migrated database, which refuses every write. */
export const layerReading = (database: Database) =>
  SpotControlSql.layer.pipe(
    Layer.provideMerge(StoreSql.layer),
    Layer.provideMerge(
      database.kind === "sqlite"
        ? layerReadOnly(database)
        : Postgres.layerClient({ ...clientOptions(database), isReadOnly: true })
    ),
    Layer.provideMerge(Signals.layerLocal)
  )

/** The client for an existing database. A SQLite file is opened read-only. */
export const layerReadOnly = (database: Database) =>
  database.kind === "sqlite"
    ? SqliteClient.layer({ filename: database.file, readonly: true })
    : layerPostgres(database)

const layerSqlite = (filename: string, checkpoints: SqliteClient.Options["checkpoints"] = "commit") =>
  Layer.mergeAll(
    Signals.layerLocal,
    SqliteClient.layer({ filename, checkpoints, onLogSize: logSize(filename) })
  ).pipe(Layer.provide(layerFolder(filename)))

/** Creates the folder of the file. */
const layerFolder = (filename: string) =>
  Layer.effectDiscard(Path.Path.use(({ dirname }) => makeFolder(dirname(filename))))

/** Creates the folder and those above it. Node's recursive mkdir never ends where a file system refuses it, such as /proc. */
const makeFolder: (
  folder: string
) => Effect.Effect<void, Inbox.InboxUnavailable, FileSystem.FileSystem | Path.Path> = Effect.fnUntraced(
  function* (folder) {
    const fs = yield* FileSystem.FileSystem
    if (yield* Effect.orElseSucceed(fs.exists(folder), () => false)) return
    const { dirname } = yield* Path.Path
    if (dirname(folder) !== folder) yield* makeFolder(dirname(folder))
    yield* fs.makeDirectory(folder, { mode: onlyOwner.folder }).pipe(
      // Another process may create it meanwhile.
      Effect.catchIf(
        ({ reason }) => reason._tag === "AlreadyExists",
        () => Effect.void
      ),
      Effect.mapError(
        ({ reason }) =>
          new Inbox.InboxUnavailable({
            cause: new Error(`its folder ${folder} can't be created (${reason._tag})`)
          })
      )
    )
  }
)

const logSize =
  (filename: string) =>
  ({ bytes, heldBy, isLong }: SqliteClient.LogSize) => {
    const size = `the write-ahead log of ${filename} takes ${Math.ceil(bytes / 2 ** 20).toLocaleString("en")} MiB`
    if (!isLong) return Effect.logInfo(`${size} after it was checkpointed`)
    const reader = heldBy.length === 0 ? "a long-running reader" : heldBy.join(" and ")
    return Effect.logWarning(`${size}: ${reader} prevents a checkpoint`)
  }

const layerPostgres = (server: Server) => Postgres.layer(clientOptions(server))

/** The options of a Postgres client. */
export const clientOptions = ({ url, password, ca, maxConnections }: Server) => ({
  url: Redacted.make(url),
  maxConnections,
  ...(password === undefined ? {} : { password }),
  ...(ca === undefined ? {} : { ssl: { ca: ca.pem } })
})
