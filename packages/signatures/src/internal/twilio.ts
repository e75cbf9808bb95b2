/** Twilio's X-Twilio-Signature, as its own library verifies it (twilio-node src/webhooks/webhooks.ts). */
import { Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { InvalidSecret, Secret } from "../Secret.ts"
import {
  type Check,
  failure,
  malformed,
  matched,
  maxSignatures,
  missing,
  noMatch,
  orOtherUrl
} from "./check.ts"
import { isSignature, mac, macKey, sha256Hex, textOf, utf8 } from "./crypto.ts"
import { twilioHeader as header } from "./headersRead.ts"
import { prepare } from "./secrets.ts"
import { readerOf } from "./signatureHeader.ts"
import { queryOf } from "./url.ts"

const read = readerOf({ scheme: "hmac", header })

/** Twilio sends a few dozen. */
const maxFields = 1_000

export const compile = (secrets: ReadonlyArray<Secret>): Result.Result<Check, InvalidSecret> =>
  Result.map(
    prepare(secrets, (value) => Result.succeed(macKey(utf8(value)))),
    (prepared): Check =>
      (delivery, now) => {
        const value = delivery.headers[header]
        if (!value) return missing(header)
        const given = read(header, value, maxSignatures)
        if (Result.isFailure(given)) return Result.fail(given.failure)
        const bodyHash = queryOf(delivery.url, "bodySHA256")[0]
        if (bodyHash !== undefined && !isSignature(sha256Hex(delivery.body), "hex", bodyHash)) {
          return failure(
            "NoSecretMatches",
            "the body is not the one whose SHA-256 the URL carries as bodySHA256"
          )
        }
        const form = bodyHash === undefined ? signedForm(delivery) : ""
        if (form === undefined) return malformed(header, `the signature of at most ${maxFields} form fields`)
        const urls = urlCandidates(delivery.url ?? "")
        const secret = prepared.find(
          (secret) =>
            secret.expiresAt > now &&
            urls.some((url) => {
              const expected = mac("sha1", secret.key, "base64", [url, form])
              return given.success.signatures.some((signature) => isSignature(expected, "base64", signature))
            })
        )
        return secret === undefined
          ? noMatch(prepared, now, header, orOtherUrl)
          : matched("twilio", secret.name)
      }
  )

/** The sorted names, each followed by its distinct sorted values, without separators. `undefined` for too many fields. */
export const signedForm = (delivery: Delivery): string | undefined => {
  const text = textOf(delivery.body)
  if (count(text, "&") >= maxFields) return undefined
  const fields = new Map<string, Set<string>>()
  // `URLSearchParams` would drop a leading question mark, which belongs to the first name.
  for (const [name, value] of new URLSearchParams(`&${text}`)) {
    fields.set(name, (fields.get(name) ?? new Set()).add(value))
  }
  return [...fields]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, values]) => [...values].sort().map((value) => name + value))
    .join("")
}

const count = (text: string, char: string): number => {
  let found = 0
  for (let at = text.indexOf(char); at !== -1 && found < maxFields; at = text.indexOf(char, at + 1)) found++
  return found
}

/** At most eight spellings of a query: as it is, encoded, and decoded in part or in whole, each with `%20` or `+` for a space. */
const queryCandidates = (search: string, params: URLSearchParams): ReadonlyArray<string> => {
  const encoded = [...params].map((pair) => pair.map(encodeURIComponent).join("="))
  const decoded = search.slice(1).split("&").map(decodePair)
  const queries = [
    search,
    `?${encoded.join("&")}`,
    search.replaceAll(plainEscapes, decodeURIComponent),
    `?${decoded.join("&")}`
  ]
  return [...queries, ...queries.map((query) => query.replaceAll(/%20| /g, "+"))]
}

/** The escapes of ASCII signs other than `#`, `%`, `&`, `+` and `=`. */
const plainEscapes = /%(?:2[124789AC-F]|3[A-CEF]|40|5[B-F]|60|7[B-E])/gi

const decodePair = (pair: string): string => {
  const [name = "", ...values] = pair.split("=")
  return [decode(name, /[#&=]/g), ...values.map((value) => decode(value, /[#&]/g))].join("=")
}

/** Keeps the escapes that would change the parameters of the query, and a text that can't be decoded. */
const decode = (text: string, escaped: RegExp): string => {
  try {
    return decodeURIComponent(text).replaceAll(escaped, encodeURIComponent)
  } catch {
    return text
  }
}

/**
 * The URLs that Twilio may have signed: with or without the default port, and with the spellings of the query. The last is
 * the URL as received, because some products sign characters that a parser escapes.
 */
export const urlCandidates = (url: string): ReadonlyArray<string> => {
  if (!URL.canParse(url)) return [url]
  const { protocol, host, hostname, username, password, port, pathname, search, searchParams } = new URL(url)
  const user = username === "" ? "" : `${username}${password === "" ? "" : `:${password}`}@`
  const fallback = protocol === "https:" ? "443" : "80"
  const queries = search === "" ? [search] : queryCandidates(search, searchParams)
  const hosts = [hostname, port === "" ? `${host}:${fallback}` : host]
  return [
    ...new Set([
      ...queries.flatMap((query) => hosts.map((host) => `${protocol}//${user}${host}${pathname}${query}`)),
      url
    ])
  ]
}
