/**
 * What stands in the configuration file (`usher.yaml`, or JSON). Each section has a module of its own, with its schema
 * and what becomes of it.
 */
import { Schema } from "effect"
import { AdminConfig, AdminDraft } from "./AdminConfig.ts"
import { DatabaseConfig } from "./DatabaseConfig.ts"
import { ProxyConfig } from "./ProxyConfig.ts"
import { QuarantineConfig } from "./QuarantineConfig.ts"
import { ServerConfig } from "./ServerConfig.ts"
import { SourceConfig, SourceDraft } from "./SourceConfig.ts"
import { SpotConfig, SpotDraft } from "./SpotConfig.ts"

/** Stands in paths and in messages. */
const Name = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9_-]*$/u, { expected: "a name of letters, digits, - and _" })
)

export const Config = Schema.Struct({
  $schema: Schema.optionalKey(Schema.String).annotateKey({
    description: "where editors find the schema of a file in JSON; the relay does not read it"
  }),
  server: Schema.optionalKey(ServerConfig).annotateKey({
    description: "where the relay listens, and how it is seen from outside"
  }),
  database: Schema.optionalKey(DatabaseConfig).annotateKey({
    description:
      "where webhooks and invitations are kept: sqlite: and a path, seen from the folder of this file, or postgres://user@host/database",
    default: "sqlite:./data/usher.db"
  }),
  proxy: Schema.optionalKey(ProxyConfig).annotateKey({
    description:
      "the proxy through which MeltingSpot is called and telemetry is exported, or none. Default: what HTTP_PROXY, HTTPS_PROXY and NO_PROXY say"
  }),
  admin: Schema.optionalKey(AdminConfig).annotateKey({
    description: "who may look into the relay and operate it"
  }),
  spots: Schema.Record(Name, SpotConfig).annotateKey({
    description: "the MeltingSpot workspaces to invite with, each under a name of yours"
  }),
  sources: Schema.Record(Name, SourceConfig).annotateKey({
    description: "who may send webhooks, each under a name of yours: POST /webhooks/{name}"
  }),
  quarantine: Schema.optionalKey(QuarantineConfig).annotateKey({
    description: "how much is kept of what does not verify, until its secret is mended"
  })
}).annotate({ message: "Expected spots and sources" })

export type Config = typeof Config.Type

/** What is right of a file whose shape is wrong elsewhere. */
export const Draft = Config.mapFields((fields) => ({
  ...fields,
  admin: Schema.optionalKey(AdminDraft),
  spots: Schema.optionalKey(Schema.Record(Name, SpotDraft)),
  sources: Schema.optionalKey(Schema.Record(Name, SourceDraft))
}))

export type Draft = typeof Draft.Type
