/** Everything that is weak in a configuration: `usher check` prints it, `usher serve` logs it once. */
import { Effect, FileSystem, Redacted } from "effect"
import type { Scheme, Sender } from "@usher/signatures"
import type { Resolved } from "../config/ConfigFile.ts"
import type { Path, Problem } from "../config/Problem.ts"
import type { WrittenSource } from "../config/SourceConfig.ts"
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
    ...config.written.flatMap((source) => ofSource(source, config)),
    ...(yield* ofTelemetry),
    ...(yield* ofSecretFiles(config)),
    ...(yield* Files.exposed(config.database)).map((reason) => warning("readable-database", ["database"], reason))
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

const ofSource = (
  { name, config, sender, secrets, verifyToken }: WrittenSource,
  relay: Resolved
): ReadonlyArray<Warning> => [
  ...(sender === undefined
    ? []
    : ofScheme(sender, ["sources", name], { relay, ownId: config.deliveryId !== undefined })),
  ...secrets.flatMap((secret, index) =>
    secret === undefined
      ? []
      : ofSourceSecret(secret.value, sender?.scheme, ["sources", name, "secrets", String(index)])
  ),
  ...(verifyToken === undefined ? [] : ofSecret(verifyToken, ["sources", name, "verifyToken"]))
]

const ofSourceSecret = (
  secret: Redacted.Redacted,
  scheme: Scheme.Scheme | undefined,
  path: Path
): ReadonlyArray<Warning> => [
  ...ofSecret(scheme?.scheme === "basic" ? passwordOf(secret) : secret, path),
  ...(scheme?.scheme === "token" && scheme.query !== undefined && needsEncoding(secret)
    ? [warning("token-needs-encoding", path, encoding)]
    : [])
]

const passwordOf = (secret: Redacted.Redacted) =>
  Redacted.make(Redacted.value(secret).replace(/^[^:]*:/, ""))

/** Whatever the secrets are. */
const ofScheme = (
  { scheme, deliveryId }: Sender.Sender,
  path: Path,
  /** The headers of an id that the file describes itself are not quoted. */
  { relay, ownId }: { readonly relay: Resolved; readonly ownId: boolean }
): ReadonlyArray<Warning> => {
  const ids = [...new Set(SchemeWeakness.unsignedIdHeaders(scheme, deliveryId))]
  const covered = SchemeWeakness.coverage(scheme)
  const found: ReadonlyArray<readonly [rule: Rule, applies: boolean, reason: string]> = [
    ["unverified-source", scheme.scheme === "none", unverified(relay)],
    [
      "forgeable-signature",
      SchemeWeakness.isForgeable(scheme),
      "its signature is a plain hash and no HMAC: whoever has captured one delivery may be able to sign another. Use a newer version of the sender's signature, if there is one"
    ],
    [
      "sha1-signature",
      SchemeWeakness.usesSha1(scheme),
      "its signature uses SHA-1: choose SHA-256, if the sender offers it"
    ],
    [
      "unsigned-delivery-id",
      ids.length > 0,
      `its delivery id may stand in ${ownId ? "a header" : ids.join(", ")}, which the signature does not cover: a captured delivery that is sent again with another id counts as new. If the body has an id, use it: deliveryId: { json: … }`
    ],
    [
      "unsigned-body",
      covered === "first-event",
      "its signature covers only the first event of a batch. The relay ignores the others: turn batching off at the sender"
    ],
    [
      "unsigned-body",
      covered === "none",
      "its signature does not cover the body: whoever has captured one delivery can send any body"
    ]
  ]
  return found.flatMap(([rule, applies, reason]) => (applies ? [warning(rule, path, reason)] : []))
}

const unverified = ({ host }: Resolved) =>
  isLoopback(host)
    ? "nothing is verified: every program on this machine can have anybody invited"
    : `nothing is verified, and the relay listens on an address that other machines can reach: whoever knows the URL can have anybody invited. Give the source a secret, or listen on 127.0.0.1 behind a gateway that verifies`

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
  Effect.map(({ traces, metrics, logs }) => {
    const plain = Object.entries({ traces, metrics, logs }).flatMap(([signal, target]) =>
      target !== undefined && isPlain(target.url) ? [signal] : []
    )
    const reason = `${plain.join(" and ")} go to the collector unencrypted: use https in OTEL_EXPORTER_OTLP_ENDPOINT`
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
