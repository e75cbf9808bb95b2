/** Static tokens and basic authentication: the secret itself travels, so only its digest is compared. */
import { Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { Token } from "../Scheme.ts"
import type { InvalidSecret, Secret } from "../Secret.ts"
import type { VerificationFailed } from "../VerificationFailed.ts"
import { type Check, failure, malformed, matched, missing, noMatch, type Prepared } from "./check.ts"
import { base64Of, equalSecret } from "./crypto.ts"
import { prepare } from "./secrets.ts"
import { queryOf } from "./url.ts"

export const compileToken = (
  scheme: Token,
  secrets: ReadonlyArray<Secret>
): Result.Result<Check, InvalidSecret> =>
  Result.map(
    prepare(secrets, (value) => Result.succeed(value)),
    (prepared) => (delivery, now) =>
      Result.flatMap(tokenOf(scheme, delivery), (token) =>
        compare("token", prepared, token, now, scheme.header)
      )
  )

export const compileBasic = (secrets: ReadonlyArray<Secret>): Result.Result<Check, InvalidSecret> =>
  Result.map(
    prepare(secrets, (value) =>
      value.includes(":") ? Result.succeed(base64Of(value)) : Result.fail("NotUserAndPassword")
    ),
    (prepared) => (delivery, now) => {
      const header = delivery.headers["authorization"]
      if (!header) return missing("authorization")
      const credentials = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1]
      if (credentials === undefined) return malformed("authorization", "Basic and base64 of user:password")
      return compare("basic", prepared, credentials, now, "authorization")
    }
  )

const compare = (
  scheme: string,
  prepared: ReadonlyArray<Prepared<string>>,
  given: string,
  now: number,
  header: string | undefined
) => {
  const secret = prepared.find((secret) => secret.expiresAt > now && equalSecret(secret.key, given))
  return secret === undefined ? noMatch(prepared, now, header, "is this one") : matched(scheme, secret.name)
}

const tokenOf = (scheme: Token, delivery: Delivery): Result.Result<string, VerificationFailed> => {
  const header = scheme.header === undefined ? undefined : delivery.headers[scheme.header]
  if (scheme.header !== undefined && header) {
    const prefix = scheme.prefix ?? ""
    return header.startsWith(prefix)
      ? Result.succeed(header.slice(prefix.length))
      : malformed(scheme.header, `a value that begins with "${prefix}"`)
  }
  if (scheme.query === undefined) return missing(scheme.header ?? "authorization")
  const [token, ...more] = queryOf(delivery.url, scheme.query)
  if (token !== undefined && more.length === 0) return Result.succeed(token)
  return failure(
    token === undefined ? "MissingHeader" : "MalformedHeader",
    `the URL has to carry the query parameter "${scheme.query}" exactly once: use the URL with the token at the sender`
  )
}
