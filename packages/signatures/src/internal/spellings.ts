/** What the headers and the URL of a refused delivery reveal. Used by the diagnosis only. */
import { Array as Arr, Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import { type Scheme, signatureHeaders, type Token } from "../Scheme.ts"
import { tokensOf } from "./token.ts"

const maxHeaders = 8

/** The same scheme with a header that looks like a signature or a token and is not configured. */
export const otherHeaders = (
  scheme: Scheme,
  { headers }: Delivery
): ReadonlyArray<{ readonly change: string; readonly form: Scheme }> => {
  if (scheme.scheme === "token") return otherTokens(scheme, headers)
  const own = signatureHeaders(scheme)
  const names = Arr.take(
    Object.keys(headers).filter(
      (name) =>
        /signature|hmac|digest/.test(name) &&
        !/version|time|method|algorithm/.test(name) &&
        headers[name] &&
        !own.includes(name)
    ),
    maxHeaders
  )
  switch (scheme.scheme) {
    case "hmac":
    case "hash":
      return names.map((name) => ({
        change: `in the header ${name}, which is not configured`,
        form: { ...scheme, header: name }
      }))
    case "standard-webhooks":
      return names.flatMap((name) => {
        const prefix = /^(.+)signature$/.exec(name)?.[1]
        return prefix === undefined
          ? []
          : [
              {
                change: `in the headers that begin with ${prefix}, a prefix that is not configured`,
                form: { ...scheme, prefixes: [prefix] as const }
              }
            ]
      })
    default:
      return []
  }
}

/** A token in another header, or after another word than the one that is configured. */
const otherTokens = (scheme: Token, headers: Delivery["headers"]) => {
  const looksLikeToken = (name: string) =>
    name === scheme.header || /auth|token|secret|key|signature|passw/.test(name)
  const names = Arr.take(Object.keys(headers).filter(looksLikeToken), maxHeaders)
  return names.flatMap((header) => {
    const [word] = /^[A-Za-z]{1,20} /.exec(headers[header] ?? "") ?? []
    return ["", ...(word === undefined ? [] : [word])]
      .filter((prefix) => header !== scheme.header || prefix !== (scheme.prefix ?? ""))
      .map((prefix) => ({
        change: `${prefix === "" ? "" : `after "${prefix}" `}in the header ${header}, which is not configured`,
        form: { ...scheme, header, prefix }
      }))
  })
}

/** Counts the texts in the headers of the scheme that are as long as a signature. */
export const signaturesOf = (scheme: Scheme, { headers }: Delivery): number =>
  signatureHeaders(scheme)
    .flatMap((name) => (headers[name] ?? "").split(/[ \t,;&]+/))
    .filter((text) => text.length >= 27).length

/** The Content-Encoding as a sentence can name it; `undefined` without one. */
export const encodingOf = ({ headers }: Delivery): string | undefined => {
  const encoding = headers["content-encoding"]?.trim().toLowerCase()
  if (!encoding || encoding === "identity") return undefined
  return /^[a-z, -]{1,40}$/.test(encoding) ? encoding : "of another kind"
}

/** Whether the token in the query is this secret as a URL changes it. Empty for a secret that a URL does not change. */
export const changedByUrl = (scheme: Scheme, delivery: Delivery, secret: string): ReadonlyArray<boolean> => {
  if (scheme.scheme !== "token" || scheme.query === undefined) return []
  const { query } = scheme
  const url = `https://localhost/?${encodeURIComponent(query)}=${secret}`
  const made = URL.canParse(url) ? new URL(url).searchParams.get(query) : null
  if (made === null || made === secret) return []
  const { header: _, ...byQuery } = scheme
  const given = tokensOf(byQuery, delivery)
  return [Result.isSuccess(given) && given.success.includes(made)]
}
