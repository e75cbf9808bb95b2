/** Everything that is weak in a configuration: `usher check` prints it, `usher serve` logs it once. */
import { Effect, FileSystem, Redacted } from "effect"
import type { Source } from "@usher/engine"
import type { Resolved } from "../config/ConfigFile.ts"
import type { Path, Problem } from "../config/Problem.ts"
import * as Files from "../Files.ts"
import * as Otel from "../telemetry/Otel.ts"
import { isLoopback, isPlain, isPlainPostgres } from "./plainHttp.ts"
import * as SchemeWeakness from "./schemeWeakness.ts"
import { reasons, weaknessOf } from "./secretStrength.ts"
import type { Rule, Warning } from "./Warning.ts"

export const weaknesses = Effect.fnUntraced(function* (config: Resolved) {
  const found: ReadonlyArray<Warning> = [
    ...ofServer(config),
    ...ofTokens(config),
    ...ofSpots(config),
    ...[...config.relay.sources.values()].flatMap((source) => ofSource(source, config)),
    ...(yield* ofTelemetry),
    ...(yield* ofSecretFiles(config)),
    ...(yield* Files.exposed(config.database)).map((reason) => warning("readable-database", ["database"], reason))
  ]
  return found
})

/** A source whose sender signs the URL that it calls, which the relay then has to be told. */
export const withoutUrl = ({ relay, isPublicUrlGiven }: Resolved): ReadonlyArray<Problem> =>
  isPublicUrlGiven
    ? []
    : [...relay.sources.values()]
        .filter(({ sender }) => SchemeWeakness.signsUrl(sender.scheme))
        .map(({ name }) => ({
          path: ["sources", name],
          reason: "its sender signs the URL that it calls, so no delivery verifies: give that URL's beginning as server.publicUrl"
        }))

const warning = (rule: Rule, path: Path, reason: string): Warning => ({ rule, path, reason })

const ofServer = ({ database, host, isPublicUrlGiven, relay }: Resolved): ReadonlyArray<Warning> => [
  ...(isPlain(relay.publicUrl)
    ? [
        isPublicUrlGiven
          ? warning(
              "plain-http",
              ["server", "publicUrl"],
              "webhooks with people's addresses, tokens and sessions pass unencrypted: use https"
            )
          : warning(
              "plain-http",
              ["server", "host"],
              `other machines reach ${isAny(host) ? "the relay" : "this address"} over http: put a proxy with TLS in front and give its https URL as server.publicUrl`
            )
      ]
    : []),
  ...(database.kind === "postgres" && isPlainPostgres(database.url, database.ca !== undefined)
    ? [
        warning(
          "database-without-tls",
          ["database"],
          "the database is on another machine, and may be spoken to without TLS: give ca, or sslmode=verify-full in the URL"
        )
      ]
    : [])
]

const isAny = (host: string) => host === "0.0.0.0" || host === "::"

const ofTokens = ({ admin, tokenPlaces }: Resolved): ReadonlyArray<Warning> =>
  admin.tokens.flatMap(({ secret }, index) =>
    ofSecret(secret, ["admin", "tokens", String(tokenPlaces[index] ?? index)])
  )

const ofSpots = ({ relay }: Resolved): ReadonlyArray<Warning> =>
  [...relay.spots].flatMap(([name, { baseUrl }]) =>
    baseUrl !== undefined && isPlain(baseUrl)
      ? [
          warning(
            "plain-http",
            ["spots", name, "baseUrl"],
            "the secret key and people's addresses pass unencrypted: use https"
          )
        ]
      : []
  )

const ofSource = (source: Source.Source, config: Resolved): ReadonlyArray<Warning> => {
  const { name, sender, verifyToken } = source
  const { scheme } = sender
  const at = (rule: Rule, reason: string, ...path: Path) => warning(rule, ["sources", name, ...path], reason)
  const ids = SchemeWeakness.unsignedIdHeaders(scheme, sender.deliveryId)
  const covered = SchemeWeakness.coverage(scheme)
  return [
    ...(scheme.scheme === "none" ? [at("unverified-source", unverified(config))] : []),
    ...secretsOf(source).flatMap((secret, index) => [
      ...ofSecret(secret, ["sources", name, "secrets", String(index)]),
      ...(scheme.scheme === "token" && scheme.query !== undefined && needsEncoding(secret)
        ? [at("token-needs-encoding", encoding, "secrets", String(index))]
        : [])
    ]),
    ...(verifyToken === undefined ? [] : ofSecret(verifyToken, ["sources", name, "verifyToken"])),
    ...(SchemeWeakness.isForgeable(scheme)
      ? [
          at(
            "forgeable-signature",
            "its signature is a plain hash, no HMAC: whoever has seen one delivery may be able to sign another. Use a newer version of the sender's signature, if there is one"
          )
        ]
      : []),
    ...(SchemeWeakness.usesSha1(scheme)
      ? [at("sha1-signature", "its signature uses SHA-1: choose SHA-256, if the sender offers it")]
      : []),
    ...(ids.length > 0
      ? [
          at(
            "unsigned-delivery-id",
            `its delivery id may stand in ${[...new Set(ids)].join(", ")}, which the signature does not cover: a captured delivery that is sent again with another id counts as new. If the body has an id, use it: deliveryId: { json: … }`
          )
        ]
      : []),
    ...(covered === "first-event"
      ? [
          at(
            "unsigned-body",
            "its signature covers only the first event of a batch. The relay ignores the others: turn batching off at the sender"
          )
        ]
      : []),
    ...(covered === "none"
      ? [at("unsigned-body", "its signature does not cover the body: whoever captures one can send any body")]
      : [])
  ]
}

const unverified = ({ host }: Resolved) =>
  isLoopback(host)
    ? "nothing is verified: every program on this machine can have anybody invited"
    : `nothing is verified, and the relay listens on an address that other machines can reach: whoever knows the URL can have anybody invited. Give the source a secret, or listen on 127.0.0.1 behind a gateway that verifies`

const secretsOf = ({ secrets, sender }: Source.Source): ReadonlyArray<Redacted.Redacted> =>
  secrets.map(({ value }) =>
    sender.scheme.scheme === "basic" ? Redacted.make(Redacted.value(value).replace(/^[^:]*:/, "")) : value
  )

const ofSecret = (secret: Redacted.Redacted, path: Path): ReadonlyArray<Warning> => {
  const text = Redacted.value(secret)
  // A public key is no secret.
  const weakness = text.startsWith("whpk_") ? undefined : weaknessOf(text)
  return weakness === undefined ? [] : [warning(weakness, path, reasons[weakness])]
}

const needsEncoding = (secret: Redacted.Redacted) => /[+&#%=\s]|[^\x20-\x7e]/.test(Redacted.value(secret))

/** The same for every token: which of them it holds is nobody's business. */
const encoding =
  "this token holds characters that have to be encoded where it stands in a URL: + as %2B, & as %26, # as %23, % as %25, = as %3D, a space as %20. Or take one of letters and digits, such as openssl rand -hex 32 gives"

/** The environment is judged apart, where it is wrong. */
const ofTelemetry = Otel.read.pipe(
  Effect.map(({ traces, metrics, logs }) =>
    Object.entries({ traces, metrics, logs }).flatMap(([signal, target]) =>
      target !== undefined && isPlain(target.url)
        ? [warning("plain-http", [], `${signal} go to the collector unencrypted, with its key: use https in OTEL_EXPORTER_OTLP_ENDPOINT`)]
        : []
    )
  ),
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
                `other users of this machine have rights on the file named here (mode ${Files.octal(mode)}): chmod 0600 it`
              )
            ]
      ),
      // It is missing, which is told elsewhere.
      Effect.orElseSucceed((): ReadonlyArray<Warning> => [])
    )
  )
  return found.flat()
})
