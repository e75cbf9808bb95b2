/** Static tokens and basic authentication: the secret itself is sent, and compared by its digest. */
import { Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { Token } from "../Scheme.ts"
import type { InvalidSecret, Secret } from "../Secret.ts"
import type { VerificationFailed } from "../VerificationFailed.ts"
import { type Check, failure, malformed, matched, missing, noMatch, type Prepared } from "./check.ts"
import { type Chunk, decodeBase64, equalSecret, latin1, utf8 } from "./crypto.ts"
import { prepare } from "./secrets.ts"
import { queryReadings } from "./url.ts"

export const compileToken = (
  scheme: Token,
  secrets: ReadonlyArray<Secret>
): Result.Result<Check, InvalidSecret> =>
  Result.map(
    prepare(secrets, (value) => Result.succeed([value])),
    (prepared) => (delivery, now) =>
      Result.flatMap(tokensOf(scheme, delivery), (tokens) =>
        compare("token", prepared, tokens, now, scheme.header)
      )
  )

export const compileBasic = (secrets: ReadonlyArray<Secret>): Result.Result<Check, InvalidSecret> =>
  Result.map(
    prepare(secrets, (value) =>
      value.includes(":") ? Result.succeed(credentialsOf(value)) : Result.fail("NotUserAndPassword")
    ),
    (prepared) => (delivery, now) => {
      const header = delivery.headers["authorization"]
      if (!header) return missing("authorization")
      const text = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1]
      const credentials = text === undefined ? undefined : decodeBase64(text)
      if (credentials === undefined) return malformed("authorization", "Basic and base64 of user:password")
      return compare("basic", prepared, [credentials], now, "authorization")
    }
  )

/** RFC 7617 leaves the charset open: older clients write Latin-1. */
const credentialsOf = (value: string): ReadonlyArray<Chunk> => {
  const short = latin1(value)
  return short === undefined ? [utf8(value)] : [utf8(value), short]
}

/** Compares every reading of the given text with every encoding of a secret. */
const compare = (
  scheme: string,
  prepared: ReadonlyArray<Prepared<ReadonlyArray<Chunk>>>,
  given: ReadonlyArray<Chunk>,
  now: number,
  header: string | undefined
) => {
  const secret = prepared.find(
    (secret) =>
      secret.expiresAt > now && secret.key.some((key) => given.some((text) => equalSecret(key, text)))
  )
  return secret === undefined ? noMatch(prepared, now, header, "is this one") : matched(scheme, secret.name)
}

export const tokensOf = (
  scheme: Token,
  delivery: Delivery
): Result.Result<ReadonlyArray<string>, VerificationFailed> => {
  const header = scheme.header === undefined ? undefined : delivery.headers[scheme.header]
  if (scheme.header !== undefined && header) {
    const prefix = scheme.prefix ?? ""
    return header.startsWith(prefix)
      ? Result.succeed([header.slice(prefix.length)])
      : malformed(scheme.header, `a value that begins with "${prefix}"`)
  }
  if (scheme.query === undefined) return missing(scheme.header ?? "authorization")
  const tokens = queryReadings(delivery.url, scheme.query)
  if (typeof tokens !== "string") return Result.succeed(tokens)
  return failure(
    tokens === "missing" ? "MissingHeader" : "MalformedHeader",
    `the URL has to carry the query parameter "${scheme.query}" exactly once: use the URL with the token at the sender`
  )
}
