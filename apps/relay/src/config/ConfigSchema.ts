/**
 * The schema of the configuration file (`usher.yaml`, or JSON). Each section has its own module, which also resolves it.
 */
import { Schema } from "effect"
import { AdminConfig, AdminDraft } from "./AdminConfig.ts"
import { AlertsConfig } from "./AlertsConfig.ts"
import { DatabaseConfig } from "./DatabaseConfig.ts"
import { ProxyConfig } from "./ProxyConfig.ts"
import { QuarantineConfig } from "./QuarantineConfig.ts"
import { RetentionConfig } from "./RetentionConfig.ts"
import { ServerConfig } from "./ServerConfig.ts"
import { SourceConfig, SourceDraft } from "./SourceConfig.ts"
import { SpotConfig, SpotDraft } from "./SpotConfig.ts"
import { optional } from "./optional.ts"

/** Names occur in paths and in messages. */
const Name = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9_-]*$/u, { expected: "a name of letters, digits, - and _" })
)

export const Config = Schema.Struct({
  $schema: optional(Schema.String, "The JSON Schema of a JSON file, for editors. The relay ignores it"),
  server: optional(ServerConfig, "The addresses that the relay listens on, and its public URL"),
  database: optional(
    DatabaseConfig,
    "The database: sqlite: and a path relative to the folder of this file, or postgres://user@host/database",
    "sqlite:./data/usher.db"
  ),
  proxy: optional(
    ProxyConfig,
    "The proxy for calls to MeltingSpot and for telemetry, or none. Default: HTTP_PROXY, HTTPS_PROXY and NO_PROXY"
  ),
  admin: optional(AdminConfig, "Access for operators"),
  spots: Schema.Record(Name, SpotConfig).annotateKey({
    description: "The MeltingSpot workspaces to invite with, each under a name of your choice"
  }),
  sources: Schema.Record(Name, SourceConfig).annotateKey({
    description: "The sources of webhooks, each under a name of your choice: POST /webhooks/{name}"
  }),
  quarantine: optional(
    QuarantineConfig,
    "Limits of the quarantine, which keeps deliveries that do not verify"
  ),
  alerts: optional(
    AlertsConfig,
    "Channels that receive messages about the relay's problems, and about their end"
  ),
  retention: optional(RetentionConfig, "How long the relay keeps data. It deletes older data every hour")
}).annotate({ message: "Expected spots and sources" })

export type Config = typeof Config.Type

/** The valid part of an invalid file. */
export const Draft = Config.mapFields((fields) => ({
  ...fields,
  admin: Schema.optionalKey(AdminDraft),
  spots: Schema.optionalKey(Schema.Record(Name, SpotDraft)),
  sources: Schema.optionalKey(Schema.Record(Name, SourceDraft))
}))

export type Draft = typeof Draft.Type
