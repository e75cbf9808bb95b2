/** Finds the weaknesses of a configuration. `usher check` prints them, `usher serve` logs them at its start. */
import { Effect, FileSystem } from "effect"
import type { Resolved } from "../config/ConfigFile.ts"
import type { Problem } from "../config/Problem.ts"
import * as Files from "../database/Files.ts"
import * as Otel from "../telemetry/Otel.ts"
import { droppedHeaders } from "./droppedHeaders.ts"
import { isPlain, isPlainPostgres } from "./plainHttp.ts"
import * as SchemeWeakness from "./schemeWeakness.ts"
import { ofSecret } from "./secretStrength.ts"
import { sharedAddress } from "./sharedAddress.ts"
import { ofSource } from "./sourceWeaknesses.ts"
import { type Warning, warnIf } from "./Warning.ts"

export const weaknesses = Effect.fnUntraced(function* (config: Resolved) {
  const found: ReadonlyArray<Warning> = [
    ...ofServer(config),
    ...sharedAddress(config).flatMap((reason) => warnIf(true, "shared-address", ["server"], reason)),
    ...ofTokens(config),
    ...ofSpots(config),
    ...config.written.flatMap((source) => ofSource(source, config)),
    ...droppedHeaders(config.relay.sources.values()),
    ...(yield* ofTelemetry),
    ...(yield* ofSecretFiles(config)),
    ...(yield* Files.exposed(config.database)).flatMap((reason) =>
      warnIf(true, "readable-database", ["database"], reason)
    )
  ]
  return found
})

/** Sources whose sender signs the URL that it calls, while `server.publicUrl` is missing. */
export const withoutUrl = ({ written, isPublicUrlGiven }: Resolved): ReadonlyArray<Problem> =>
  isPublicUrlGiven
    ? []
    : written
        .filter(({ sender }) => sender !== undefined && SchemeWeakness.signsUrl(sender.scheme))
        .map(({ name }) => ({
          path: ["sources", name],
          reason:
            "the sender signs the URL that it calls, so no delivery verifies: set server.publicUrl to the beginning of that URL"
        }))

const ofServer = ({ database, host, isPublicUrlGiven, relay }: Resolved): ReadonlyArray<Warning> => [
  ...warnIf(
    isPlain(relay.publicUrl),
    "plain-http",
    ["server", isPublicUrlGiven ? "publicUrl" : "host"],
    isPublicUrlGiven
      ? "webhooks with people's addresses, tokens and sessions are sent unencrypted: use https"
      : `other machines can reach ${host === "0.0.0.0" || host === "::" ? "the relay" : "this address"} over http: put a proxy with TLS in front, and set server.publicUrl to its https URL`
  ),
  ...warnIf(
    database.kind === "postgres" && isPlainPostgres(database.url, database.ca !== undefined),
    "database-without-tls",
    ["database"],
    "the database is on another machine, and the connection may not use TLS: set ca, or sslmode=verify-full in the URL"
  )
]

const ofTokens = ({ admin, tokenPlaces }: Resolved): ReadonlyArray<Warning> =>
  (admin.tokens ?? []).flatMap(({ secret }, index) =>
    ofSecret(secret, ["admin", "tokens", String(tokenPlaces[index] ?? index)])
  )

const ofSpots = ({ relay }: Resolved): ReadonlyArray<Warning> =>
  [...relay.spots].flatMap(([name, { baseUrl }]) =>
    warnIf(
      baseUrl !== undefined && isPlain(baseUrl),
      "plain-http",
      ["spots", name, "baseUrl"],
      "the secret key and people's addresses are sent unencrypted: use https"
    )
  )

/** Nothing for an invalid environment, which is an error of its own. */
const ofTelemetry = Otel.read.pipe(
  Effect.map(({ traces, metrics, logs }) => {
    const plain = Object.entries({ traces, metrics, logs }).flatMap(([signal, target]) =>
      target !== undefined && isPlain(target.url) ? [signal] : []
    )
    const reason = `${plain.join(" and ")} are sent to the collector unencrypted: use https in OTEL_EXPORTER_OTLP_ENDPOINT`
    return warnIf(plain.length > 0, "plain-http", [], reason)
  }),
  Effect.orElseSucceed((): ReadonlyArray<Warning> => [])
)

/** Secret files that other users can access. Windows has no file modes. */
const ofSecretFiles = Effect.fnUntraced(function* ({ secretFiles }: Resolved) {
  if (process.platform === "win32") return []
  const fs = yield* FileSystem.FileSystem
  const found = yield* Effect.forEach(secretFiles, ({ file, path }) =>
    fs.stat(file).pipe(
      Effect.map(({ mode }) =>
        warnIf(
          (mode & Files.others) !== 0,
          "readable-secret",
          path,
          `other users of this machine have access to the file (mode ${Files.octal(mode)}): run chmod 0600 on it`
        )
      ),
      // A missing file is an error of its own.
      Effect.orElseSucceed((): ReadonlyArray<Warning> => [])
    )
  )
  return found.flat()
})
