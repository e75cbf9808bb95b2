/** Where the relay keeps what it must not lose: a file, or Postgres when one machine is outgrown. */
import { Effect, FileSystem, Layer, Path, Redacted } from "effect"
import { Leadership, Postgres, PostgresLeadership, Signals, SpotControl } from "@usher/engine"
import { SqliteClient } from "@usher/sqlite"
import type { Authority } from "./config/Authority.ts"
import { onlyOwner } from "./Files.ts"

export type Database =
  /** The file is absolute. */
  { readonly kind: "sqlite"; readonly file: string } | Server

export interface Server {
  readonly kind: "postgres"
  /** Without a password. */
  readonly url: string
  readonly password: Redacted.Redacted | undefined
  /** Who answers for the server. With one, nothing is said to it without TLS. */
  readonly ca: Authority | undefined
}

/** For people, without a secret. */
export const describe = (database: Database): string =>
  database.kind === "sqlite" ? database.file : database.url

/** The client, and signals that reach every relay on the database. */
export const layer = (database: Database) =>
  database.kind === "sqlite" ? layerSqlite(database.file) : layerPostgres(database)

/** The same, with what holds up each Spot and who leads it. */
export const layerLed = (database: Database) =>
  database.kind === "sqlite"
    ? Leadership.Leadership.layerAlone.pipe(
        Layer.provideMerge(SpotControl.SpotControl.layerSql),
        // Webhooks are answered meanwhile.
        Layer.provideMerge(layerSqlite(database.file, "thread"))
      )
    : PostgresLeadership.layer.pipe(
        Layer.provideMerge(SpotControl.SpotControl.layerSql),
        Layer.provideMerge(layerPostgres(database))
      )

/** The client alone, to look at a database that is there. A file is not written. */
export const layerLook = (database: Database) =>
  database.kind === "sqlite"
    ? SqliteClient.layer({ filename: database.file, readonly: true })
    : layerPostgres(database)

/** The folder is made if it is not there. */
const layerSqlite = (filename: string, checkpoints: SqliteClient.Options["checkpoints"] = "commit") =>
  Layer.mergeAll(Signals.Signals.layerLocal, SqliteClient.layer({ filename, checkpoints })).pipe(
    Layer.provide(
      Layer.effectDiscard(
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const path = yield* Path.Path
          yield* fs.makeDirectory(path.dirname(filename), { recursive: true, mode: onlyOwner.folder })
        })
      )
    )
  )

const layerPostgres = (server: Server) => Postgres.layer(clientOptions(server))

/** For a client of the server. */
export const clientOptions = ({ url, password, ca }: Server) => ({
  url: Redacted.make(url),
  ...(password === undefined ? {} : { password }),
  ...(ca === undefined ? {} : { ssl: { ca: ca.pem } })
})
