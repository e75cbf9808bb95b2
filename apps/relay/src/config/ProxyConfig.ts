/** `proxy`: the proxy for calls to MeltingSpot and for telemetry. */
import { Effect, Redacted, Schema } from "effect"
import { environment } from "../outbound/environment.ts"
import * as Proxies from "../outbound/Proxies.ts"
import type { Path, Problems } from "./Problem.ts"
import * as SecretRef from "./SecretRef.ts"

/** A URL with user and password is a secret, and given by reference. */
const Place = Schema.Union([
  Schema.String.check(Schema.isPattern(/\S/, { expected: Proxies.expected })),
  SecretRef.SecretRef
]).annotate({
  message: `Expected ${Proxies.expected}, or { env: NAME } or { file: PATH } if it has a password`
})

export const ProxyConfig = Schema.Union([
  Schema.Literal("none"),
  Schema.Struct({
    url: Place.annotateKey({
      description:
        "The URL of the proxy, such as http://proxy.example.com:3128. A URL with user and password is given by reference, as { env: NAME } or { file: path }"
    }),
    noProxy: Schema.optionalKey(Schema.Array(Schema.NonEmptyString)).annotateKey({
      description:
        "Hosts that are called directly: names (including subdomains), addresses and networks, each with an optional port",
      examples: [["collector.internal", "10.0.0.0/8", "localhost:4318"]]
    })
  })
]).annotate({ message: 'Expected { url, noProxy }, or "none"' })

/** The proxy of one Spot. */
export const SpotProxy = Schema.Union([Schema.Literal("none"), ...Place.members]).annotate({
  message: `Expected "none", ${Proxies.expected}, or { env: NAME } or { file: PATH } if it has a password`
})

/** Reads the URL of a proxy. Notes problems. */
const read = Effect.fnUntraced(function* (
  place: typeof Place.Type,
  folder: string,
  problems: Problems,
  path: Path
) {
  const note = (reason: string) => problems.note(path, reason)
  if (typeof place === "string") {
    if (/@/.test(place)) {
      return yield* Effect.as(
        note("the URL has a user or a password: give it by reference, as { env: NAME } or { file: path }"),
        undefined
      )
    }
    return yield* Proxies.parseOrNote(place, note)
  }
  const secret = yield* SecretRef.readOrNote(place, folder, problems, path)
  return secret === undefined ? undefined : yield* Proxies.parseOrNote(Redacted.value(secret), note)
})

/** Resolves the proxies. Default: those of the environment. */
export const resolve = Effect.fnUntraced(function* (
  config: typeof ProxyConfig.Type | undefined,
  folder: string,
  problems: Problems
) {
  if (config === undefined) return yield* environment((reason) => problems.note(["proxy"], reason))
  if (config === "none") return Proxies.none
  const proxy = yield* read(config.url, folder, problems, ["url"])
  const proxies: Proxies.Proxies = { http: proxy, https: proxy, except: config.noProxy ?? [] }
  return proxies
})

/** Resolves the proxy of one Spot. */
export const resolveSpot = Effect.fnUntraced(function* (
  config: typeof SpotProxy.Type | undefined,
  folder: string,
  problems: Problems
) {
  if (config === undefined) return undefined
  return config === "none" ? ("none" as const) : yield* read(config, folder, problems, ["proxy"])
})
