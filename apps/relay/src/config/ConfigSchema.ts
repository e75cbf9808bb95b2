/**
 * What stands in the configuration file (`usher.yaml`, or JSON). Each section has a module of its own, with its schema
 * and what becomes of it.
 */
import { Schema } from "effect"
import { AdminConfig } from "./AdminConfig.ts"
import { DatabaseConfig } from "./DatabaseConfig.ts"
import { ServerConfig } from "./ServerConfig.ts"
import { SourceConfig } from "./SourceConfig.ts"
import { SpotConfig } from "./SpotConfig.ts"

/** Stands in paths and in messages. */
const Name = Schema.String.check(
  Schema.isPattern(/^[a-z0-9][a-z0-9_-]*$/i, { expected: "a name of letters, digits, - and _" })
)

export const Config = Schema.Struct({
  server: Schema.optionalKey(ServerConfig),
  database: Schema.optionalKey(DatabaseConfig),
  admin: Schema.optionalKey(AdminConfig),
  spots: Schema.Record(Name, SpotConfig),
  sources: Schema.Record(Name, SourceConfig)
}).annotate({ message: "Expected spots and sources" })

export type Config = typeof Config.Type
