/** Reverses changes that a delivery may have had on its way. Used by the diagnosis only. */
import { Array as Arr, Duration } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { Scheme } from "../Scheme.ts"
import { jsonOf } from "./body.ts"
import { base64Of, decodeBase64, textOf, utf8 } from "./crypto.ts"
import { isDeeper } from "./depth.ts"
import { reprint } from "./reprint.ts"

export interface Variant {
  /** How the variant differs from the delivery: "with …", "without …", "indented …". */
  readonly change: string
  readonly delivery: Delivery
}

const bodyOf = (delivery: Delivery, change: string, body: string): Variant => ({
  change,
  delivery: { ...delivery, body: utf8(body) }
})

/** Deeper JSON is not reformatted: indentation makes it long. */
export const maxDepth = 64

export const isTooDeep = ({ body }: Delivery): boolean => isDeeper(textOf(body), maxDepth)

/** The same JSON value in other bytes, as proxies and body parsers print it. One at a time: each holds a body. */
export function* reserialised(delivery: Delivery): Generator<Variant> {
  if (isTooDeep(delivery)) return
  const json = jsonOf(delivery.body)
  if (typeof json !== "object" || json === null) return
  for (const { how, text } of reprint(textOf(delivery.body))) yield bodyOf(delivery, how, text)
}

/** Line ends, the end of the body, and a byte order mark. */
export function* relined(delivery: Delivery): Generator<Variant> {
  const text = textOf(delivery.body)
  yield bodyOf(delivery, "without the white space at its end", text.trimEnd())
  yield bodyOf(delivery, "with a newline at its end", `${text}\n`)
  yield bodyOf(delivery, "with CR LF at its end", `${text}\r\n`)
  yield bodyOf(delivery, "with LF instead of CR LF", text.replaceAll("\r\n", "\n"))
  yield bodyOf(delivery, "with CR LF instead of LF", text.replaceAll(/\r?\n/g, "\r\n"))
  yield bodyOf(delivery, "without a byte order mark", text.replace(/^\uFEFF/, ""))
}

/** Other spellings of the URL: scheme, host and port, trailing slash, query, and their combinations. */
export const otherUrls = (delivery: Delivery): ReadonlyArray<Variant> => {
  if (delivery.url === undefined || !URL.canParse(delivery.url)) return []
  const url = new URL(delivery.url)
  const other = url.protocol === "https:" ? "http:" : "https:"
  const port = url.protocol === "https:" ? "443" : "80"
  const slashed = url.pathname.endsWith("/")
  const path = slashed ? url.pathname.slice(0, -1) : `${url.pathname}/`
  // The first is the host that the sender called; each proxy adds its own.
  const named = (delivery.headers["x-forwarded-host"] ?? delivery.headers["host"])?.split(",")[0]?.trim()
  const protocols: Spellings = [
    ["", url.protocol],
    [`the scheme ${other.slice(0, -1)}`, other]
  ]
  const hosts: Spellings = [
    ["", url.host],
    ["no port", url.hostname],
    [`the port ${port}`, `${url.hostname}:${port}`],
    ...(named === undefined ? [] : [["the host that the request names", named] as const])
  ]
  const paths: Spellings = [
    ["", url.pathname + url.search],
    [slashed ? "no slash at its end" : "a slash at its end", path + url.search],
    ["no query", url.pathname]
  ]
  return paths
    .flatMap(([inPath, path]) =>
      hosts.flatMap(([inHost, host]) =>
        protocols.map(([inScheme, protocol]) => ({
          change: `with ${[inScheme, inHost, inPath].filter((change) => change !== "").join(" and ")}`,
          delivery: { ...delivery, url: `${protocol}//${host}${path}` }
        }))
      )
    )
    .filter((variant) => variant.delivery.url !== delivery.url)
}

/** Each change in words, empty for none, and its text. */
type Spellings = ReadonlyArray<readonly [change: string, text: string]>

/** The scheme without a tolerance: any time passes. */
export const untimed = (scheme: Scheme): Scheme => {
  switch (scheme.scheme) {
    case "hmac":
    case "hash":
    case "standard-webhooks":
      return { ...scheme, tolerance: Duration.infinity }
    case "by-header":
      return {
        ...scheme,
        choices: Arr.map(scheme.choices, (choice) => ({
          ...choice,
          use: { ...choice.use, tolerance: Duration.infinity }
        }))
      }
    default:
      return scheme
  }
}

/** The same secret as another program reads it: base64 or text, with or without its prefix or quotes. */
export const otherForms = (
  scheme: Scheme,
  value: string
): ReadonlyArray<{ readonly change: string; readonly form: Scheme; readonly value: string }> => {
  const bare = value.replace(/^whsec_/, "")
  const unquoted = value.replaceAll(/^["']|["']$/g, "")
  const quotes =
    unquoted === value || unquoted === ""
      ? []
      : [{ change: "without the quotes around it", form: scheme, value: unquoted }]
  if (scheme.scheme === "standard-webhooks") {
    return [
      ...quotes,
      { change: "as text, not decoded from base64", form: scheme, value: base64Of(value) },
      { change: "as text after whsec_, not decoded from base64", form: scheme, value: base64Of(bare) }
    ]
  }
  if (scheme.scheme !== "hmac") return quotes
  const forms = [...quotes]
  if (scheme.key === "base64" || scheme.key === "hex") {
    forms.push({ change: "as text, not decoded", form: { ...scheme, key: "text" }, value })
  } else if (/^(?:[0-9a-f]{2})+$/i.test(value)) {
    forms.push({ change: "decoded from hex", form: { ...scheme, key: "hex" }, value })
  }
  forms.push(
    bare === value
      ? { change: "with whsec_ before it", form: scheme, value: `whsec_${value}` }
      : { change: "without whsec_ before it", form: scheme, value: bare }
  )
  if (decodeBase64(bare) !== undefined) {
    forms.push({ change: "decoded from base64", form: { ...scheme, key: "base64" }, value: bare })
  }
  return forms
}
