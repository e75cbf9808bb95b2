/** Everything that is weak in a configuration: `usher check` prints it, `usher serve` logs it once. */
import { Effect, FileSystem } from "effect"
import type { Resolved } from "../config/ConfigFile.ts"
import type { Problem } from "../config/Problem.ts"
import * as Files from "../database/Files.ts"
import * as Otel from "../telemetry/Otel.ts"
import { droppedHeaders } from "./droppedHeaders.ts"
import { isPlain, isPlainPostgres } from "./plainHttp.ts"
import * as SchemeWeakness from "./schemeWeakness.ts"
import { ofSecret } from "./secretWeaknesses.ts"
import { sharedAddress } from "./sharedAddress.ts"
import { ofSource } from "./sourceWeaknesses.ts"
import { type Warning, warning } from "./Warning.ts"

export const weaknesses = Effect.fnUntraced(function* (config: Resolved) {
  const found: ReadonlyArray<Warning> = [
    ...ofServer(config),
    ...sharedAddress(config).map((reason) => warning("shared-address", ["server"], reason)),
    ...ofTokens(config),
    ...ofSpots(config),
    ...config.written.flatMap((source) => ofSource(source, config)),
    ...droppedHeaders(config.relay.sources.values()),
    ...(yield* ofTelemetry),
    ...(yield* ofSecretFiles(config)),
    ...(yield* Files.exposed(config.database)).map((reason) =>
      warning("readable-database", ["database"], reason)
    )
  ]
  return found
})

/** A source whose sender signs the URL that it calls, which the relay then has to be told. */
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
  ...(isPlain(relay.publicUrl)
    ? [
        isPublicUrlGiven
          ? warning(
              "plain-http",
              ["server", "publicUrl"],
              "webhooks with people's addresses, tokens and sessions are sent unencrypted: use https"
            )
          : warning(
              "plain-http",
              ["server", "host"],
              `other machines can reach ${isAny(host) ? "the relay" : "this address"} over http: put a proxy with TLS in front, and set server.publicUrl to its https URL`
            )
      ]
    : []),
  ...(database.kind === "postgres" && isPlainPostgres(database.url, database.ca !== undefined)
    ? [
        warning(
          "database-without-tls",
          ["database"],
          "the database is on another machine, and the connection may not use TLS: set ca, or sslmode=verify-full in the URL"
        )
      ]
    : [])
]

const isAny = (host: string) => host === "0.0.0.0" || host === "::"

const ofTokens = ({ admin, tokenPlaces }: Resolved): ReadonlyArray<Warning> =>
  (admin.tokens ?? []).flatMap(({ secret }, index) =>
    ofSecret(secret, ["admin", "tokens", String(tokenPlaces[index] ?? index)])
  )

const ofSpots = ({ relay }: Resolved): ReadonlyArray<Warning> =>
  [...relay.spots].flatMap(([name, { baseUrl }]) =>
    baseUrl !== undefined && isPlain(baseUrl)
      ? [
          warning(
            "plain-http",
            ["spots", name, "baseUrl"],
            "the secret key and people's addresses are sent unencrypted: use https"
          )
        ]
      : []
  )

/** The environment is judged apart, where it is wrong. */
const ofTelemetry = Otel.read.pipe(
  Effect.map(({ traces, metrics, logs }) => {
    const plain = Object.entries({ traces, metrics, logs }).flatMap(([signal, target]) =>
      target !== undefined && isPlain(target.url) ? [signal] : []
    )
    const reason = `${plain.join(" and ")} are sent to the collector unencrypted: use https in OTEL_EXPORTER_OTLP_ENDPOINT`
    return plain.length === 0 ? [] : [warning("plain-http", [], reason)]
  }),
  Effect.orElseSucceed((): ReadonlyArray<Warning> => [])
)

/** Windows has no such modes. */
const ofSecretFiles = Effect.fnUntraced(function* ({ secretFiles }: Resolved) {
  if (process.platform === "win32") return []
  const fs = yield* FileSystem.FileSystem
  const found = yield* Effect.forEach(secretFiles, ({ file, path }) =>
    fs.stat(file).pipe(
      Effect.map(({ mode }) =>
        (mode & Files.others) === 0
          ? []
          : [
              warning(
                "readable-secret",
                path,
                `other users of this machine have access to the file (mode ${Files.octal(mode)}): run chmod 0600 on it`
              )
            ]
      ),
      // It is missing, which is told elsewhere.
      Effect.orElseSucceed((): ReadonlyArray<Warning> => [])
    )
  )
  return found.flat()
})
