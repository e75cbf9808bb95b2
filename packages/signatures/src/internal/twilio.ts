/** Twilio's X-Twilio-Signature, as its own library verifies it (twilio-node src/webhooks/webhooks.ts). */
import { Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { InvalidSecret, Secret } from "../Secret.ts"
import { type Check, failure, matched, missing, noMatch, orOtherUrl } from "./check.ts"
import { equalText, mac, macKey, sha256Hex, textOf, utf8 } from "./crypto.ts"
import { prepare } from "./secrets.ts"
import { queryOf } from "./url.ts"

const header = "x-twilio-signature"

export const compile = (secrets: ReadonlyArray<Secret>): Result.Result<Check, InvalidSecret> =>
  Result.map(
    prepare(secrets, (value) => Result.succeed(macKey(utf8(value)))),
    (prepared): Check =>
      (delivery, now) => {
        const signature = delivery.headers[header]
        if (!signature) return missing(header)
        const bodyHash = queryOf(delivery.url, "bodySHA256")[0]
        if (bodyHash !== undefined && !equalText(sha256Hex(delivery.body), bodyHash.toLowerCase())) {
          return failure(
            "NoSecretMatches",
            "the body is not the one whose SHA-256 the URL carries as bodySHA256"
          )
        }
        const form = bodyHash === undefined ? signedForm(delivery) : ""
        const urls = urlCandidates(delivery.url)
        const secret = prepared.find(
          (secret) =>
            secret.expiresAt > now &&
            urls.some((url) => equalText(mac("sha1", secret.key, "base64", [url + form]), signature))
        )
        return secret === undefined
          ? noMatch(prepared, now, header, orOtherUrl)
          : matched("twilio", secret.name)
      }
  )

/** Names in order, each followed by its distinct values in order, with nothing between. */
export const signedForm = (delivery: Delivery): string => {
  const form = new URLSearchParams(textOf(delivery.body))
  const names = [...new Set(form.keys())].sort()
  return names
    .map((name) =>
      [...new Set(form.getAll(name))]
        .sort()
        .map((value) => name + value)
        .join("")
    )
    .join("")
}

/** Twilio signs the URL with or without its default port, and some products with a query in another spelling. */
export const urlCandidates = (url: string): ReadonlyArray<string> => {
  if (!URL.canParse(url)) return [url]
  const { protocol, host, hostname, username, password, port, pathname, search, searchParams } = new URL(url)
  const user = username === "" ? "" : `${username}${password === "" ? "" : `:${password}`}@`
  const fallback = protocol === "https:" ? "443" : "80"
  const pairs = [...searchParams].map((pair) => pair.map(encodeURIComponent).join("="))
  const queries = search === "" ? [search] : [search, `?${pairs.join("&")}`]
  const hosts = [hostname, port === "" ? `${host}:${fallback}` : host]
  return [
    ...new Set(
      queries.flatMap((query) => hosts.map((host) => `${protocol}//${user}${host}${pathname}${query}`))
    )
  ]
}
