/** What may have happened to a delivery between the sender and us, undone again. Used by the diagnosis only. */
import { Array as Arr, Duration } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { Scheme } from "../Scheme.ts"
import { jsonOf } from "./body.ts"
import { base64Of, decodeBase64, textOf, utf8 } from "./crypto.ts"

export interface Variant {
  /** What the delivery looks like after undoing it: "with …", "without …". */
  readonly change: string
  readonly delivery: Delivery
}

/** Python's json.dumps and others: a space after each comma and colon that stands outside a string. */
const spaced = (compact: string): string =>
  compact.replaceAll(/"(?:[^"\\]|\\.)*"|[,:]/g, (token) => (token.length === 1 ? `${token} ` : token))

const escaped = (text: string): string =>
  text.replaceAll(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)

const bodyOf = (delivery: Delivery, change: string, body: string): Variant => ({
  change,
  delivery: { ...delivery, body: utf8(body) }
})

/** Other bytes with the same JSON value, as proxies and body parsers print it. */
export const reserialised = (delivery: Delivery): ReadonlyArray<Variant> => {
  const json = jsonOf(delivery.body)
  if (typeof json !== "object" || json === null) return []
  const compact = JSON.stringify(json)
  return [
    bodyOf(delivery, "without the white space between its JSON tokens", compact),
    bodyOf(delivery, "with a space after each comma and colon", spaced(compact)),
    bodyOf(delivery, "indented by two spaces", JSON.stringify(json, null, 2)),
    bodyOf(delivery, "indented by four spaces", JSON.stringify(json, null, 4)),
    bodyOf(
      delivery,
      "indented by two spaces, with a newline at the end",
      `${JSON.stringify(json, null, 2)}\n`
    ),
    bodyOf(delivery, "with \\u escapes instead of characters beyond ASCII", escaped(compact)),
    bodyOf(delivery, "with \\u escapes, and a space after each comma and colon", escaped(spaced(compact))),
    bodyOf(delivery, "with escaped slashes", compact.replaceAll("/", "\\/")),
    bodyOf(delivery, "with escaped slashes and \\u escapes", escaped(compact.replaceAll("/", "\\/")))
  ]
}

/** The ends of lines, the end of the body, and a byte order mark. */
export const relined = (delivery: Delivery): ReadonlyArray<Variant> => {
  const text = textOf(delivery.body)
  return [
    bodyOf(delivery, "without the white space at its end", text.trimEnd()),
    bodyOf(delivery, "with a newline at its end", `${text}\n`),
    bodyOf(delivery, "with CR LF at its end", `${text}\r\n`),
    bodyOf(delivery, "with LF instead of CR LF", text.replaceAll("\r\n", "\n")),
    bodyOf(delivery, "with CR LF instead of LF", text.replaceAll(/\r?\n/g, "\r\n")),
    bodyOf(delivery, "without a byte order mark", text.replace(/^\uFEFF/, ""))
  ]
}

/** The same address written otherwise: scheme, port, trailing slash, query, and the host a proxy names. */
export const otherUrls = (delivery: Delivery): ReadonlyArray<Variant> => {
  if (!URL.canParse(delivery.url)) return []
  const url = new URL(delivery.url)
  const scheme = url.protocol === "https:" ? "http:" : "https:"
  const slash = url.pathname.endsWith("/") ? url.pathname.slice(0, -1) : `${url.pathname}/`
  const port = url.protocol === "https:" ? "443" : "80"
  const forwarded = delivery.headers["x-forwarded-host"] ?? delivery.headers["host"]
  const at = (protocol: string, host: string, path: string) => `${protocol}//${host}${path}`
  const path = `${url.pathname}${url.search}`
  const forms = [
    ["with the scheme " + scheme.slice(0, -1), at(scheme, url.host, path)],
    ["without its port", at(url.protocol, url.hostname, path)],
    ["without its port and with the scheme " + scheme.slice(0, -1), at(scheme, url.hostname, path)],
    [`with the port ${port}`, at(url.protocol, `${url.hostname}:${port}`, path)],
    [
      slash.length < url.pathname.length ? "without the slash at its end" : "with a slash at its end",
      at(url.protocol, url.host, slash + url.search)
    ],
    ["without its query", at(url.protocol, url.host, url.pathname)],
    ...(forwarded === undefined
      ? []
      : [
          ["with the host that the request names", at(url.protocol, forwarded, path)],
          [
            "with the host that the request names and the scheme " + scheme.slice(0, -1),
            at(scheme, forwarded, path)
          ]
        ])
  ]
  return forms.flatMap(([change = "", form = ""]) =>
    form === delivery.url ? [] : [{ change, delivery: { ...delivery, url: form } }]
  )
}

/** The scheme without its judgement of time. */
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

/** The same secret read as another tool would: base64 or text, with or without its prefix or quotes. */
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
  if (bare !== value) forms.push({ change: "without whsec_ before it", form: scheme, value: bare })
  if (decodeBase64(bare) !== undefined) {
    forms.push({ change: "decoded from base64", form: { ...scheme, key: "base64" }, value: bare })
  }
  return forms
}
