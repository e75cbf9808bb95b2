/** Where the relay keeps what it must not lose: a file, or Postgres when one machine is outgrown. */
import { Effect, FileSystem, Layer, Path, Redacted } from "effect"
import { Inbox, Leadership, Signals, SpotControlSql, StoreSql } from "@usher/engine"
import * as Postgres from "@usher/engine/Postgres"
import * as PostgresLeadership from "@usher/engine/PostgresLeadership"
import { SqliteClient, SqliteLock } from "@usher/sqlite"
import type { Database, Server } from "../config/DatabaseConfig.ts"
import { onlyOwner } from "./Files.ts"

/** For people, without a secret. */
export const describe = (database: Database): string =>
  database.kind === "sqlite" ? database.file : database.url

/** The client, and signals that reach every relay on the database. */
export const layer = (database: Database) =>
  database.kind === "sqlite" ? layerSqlite(database.file) : layerPostgres(database)

/** The same, migrated, with what holds up each Spot and who leads it. */
export const layerLed = (database: Database) =>
  database.kind === "sqlite" ? layerLedSqlite(database.file) : layerLedPostgres(database)

const layerStore = Layer.provideMerge(SpotControlSql.layer, StoreSql.layer)

const layerLedSqlite = (file: string, checkpoints?: SqliteClient.Options["checkpoints"]) =>
  Leadership.layerAlone.pipe(
    Layer.provideMerge(layerStore),
    Layer.provideMerge(layerSqlite(file, checkpoints))
  )

const layerLedPostgres = (server: Server) =>
  PostgresLeadership.layer.pipe(Layer.provideMerge(layerStore), Layer.provideMerge(layerPostgres(server)))

/**
 * The same, for the relay itself. Fails when another relay serves the SQLite file, or when a pooler before Postgres takes
 * the sessions away that a relay needs.
 */
export const layerServed = (database: Database) =>
  database.kind === "sqlite"
    ? // A thread checkpoints the file, so that no webhook waits for it.
      layerLedSqlite(database.file, "thread").pipe(Layer.provide(layerAlone(database.file)))
    : layerLedPostgres(database).pipe(Layer.provide(layerSessions(database)))

/** By a client of its own, before anything else is asked of the server. */
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

/** The client alone, to look at a database that is there. A file is not written. */
export const layerLook = (database: Database) =>
  database.kind === "sqlite"
    ? SqliteClient.layer({ filename: database.file, readonly: true })
    : layerPostgres(database)

const layerSqlite = (filename: string, checkpoints: SqliteClient.Options["checkpoints"] = "commit") =>
  Layer.mergeAll(
    Signals.layerLocal,
    SqliteClient.layer({ filename, checkpoints, onLogSize: logSize(filename) })
  ).pipe(Layer.provide(layerFolder(filename)))

/** Made if it is not there. */
const layerFolder = (filename: string) =>
  Layer.effectDiscard(
    FileSystem.FileSystem.use((fs) =>
      Path.Path.use(({ dirname }) =>
        fs.makeDirectory(dirname(filename), { recursive: true, mode: onlyOwner.folder })
      )
    )
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

/** For a client of the server. */
export const clientOptions = ({ url, password, ca, maxConnections }: Server) => ({
  url: Redacted.make(url),
  maxConnections,
  ...(password === undefined ? {} : { password }),
  ...(ca === undefined ? {} : { ssl: { ca: ca.pem } })
})
