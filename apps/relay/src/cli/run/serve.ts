import { Effect, FileSystem, Layer } from "effect"
import { Command } from "effect/cli"
import { ClockWatch } from "@usher/engine"
import { SqliteClient } from "@usher/sqlite"
import { setFlagsFromString } from "node:v8"
import { weaknesses, withoutUrl } from "../../check/weaknesses.ts"
import * as ConfigFile from "../../config/ConfigFile.ts"
import type * as DatabaseConfig from "../../config/DatabaseConfig.ts"
import * as Problem from "../../config/Problem.ts"
import * as Database from "../../database/Database.ts"
import * as Proxies from "../../outbound/Proxies.ts"
import * as Upstream from "../../outbound/Upstream.ts"
import * as Server from "../../server/Server.ts"
import * as Telemetry from "../../telemetry/Telemetry.ts"
import { version } from "../../version.ts"
import { untilStopped } from "../support/exit.ts"
import { configFlag } from "../support/flags.ts"
import { count } from "../support/print.ts"

/** Logs the warnings of `usher check` at the start. */
const logWeaknesses = Effect.fnUntraced(function* (config: ConfigFile.Resolved) {
  const found = [...withoutUrl(config), ...(yield* weaknesses(config))]
  if (found.length === 0) return
  yield* Effect.logWarning(
    `the configuration has ${count(found.length, "warning")}. To list them: usher check`
  )
  yield* Effect.forEach(found, (warning) => Effect.logWarning(Problem.format(warning)))
})

/** Names the database, and says whether it is new: after a typing error in its path, the relay starts without any data. */
const logDatabase = Effect.fnUntraced(function* (database: DatabaseConfig.Database) {
  const name = Database.describe(database)
  const fs = yield* FileSystem.FileSystem
  const isNew =
    database.kind === "sqlite" &&
    SqliteClient.orphaned(database.file) === undefined &&
    !(yield* Effect.orElseSucceed(fs.exists(database.file), () => true))
  yield* isNew
    ? Effect.logWarning(`database: ${name} does not exist, the relay creates it`)
    : Effect.logInfo(`database: ${name}`)
})

export const serve = Command.make(
  "serve",
  { config: configFlag },
  Effect.fnUntraced(function* ({ config: file }) {
    // Halves the time of minor collections: docs/decisions/0006-disable-pretenuring.md
    setFlagsFromString("--no-allocation-site-pretenuring")
    const config = yield* ConfigFile.load(file)
    yield* logWeaknesses(config)
    yield* logDatabase(config.database)
    const listening = Effect.gen(function* () {
      const sources = [...config.relay.sources.keys()].join(", ")
      yield* Effect.logInfo(`usher listens on ${yield* Server.url} for ${sources}`)
      for (const [spot, proxy] of Upstream.proxiesOf(config)) {
        yield* Effect.logInfo(`Spot ${spot}: calls go through the proxy ${Proxies.nameOf(proxy)}`)
      }
      yield* Effect.logInfo(`dashboard and admin API: ${yield* Server.AdminUrl}`)
    })
    return yield* Server.layer(config, { file }).pipe(
      Layer.tap((services) => Effect.provide(listening, services)),
      Layer.provide(Server.layerServedInbox(config)),
      Layer.provide(ClockWatch.layer),
      Layer.provide(Telemetry.layer(version, config.proxies)),
      Layer.launch
    )
  }, untilStopped)
).pipe(
  Command.withDescription("Run the relay: receive webhooks and send invitations until stopped"),
  Command.withExamples([
    { command: "usher serve --config /etc/usher/usher.yaml", description: "Until Ctrl-C or SIGTERM" }
  ])
)
