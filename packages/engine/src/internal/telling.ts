/**
 * Which headers decide what becomes of a delivery. Two deliveries with one body and other values of these are not one: each
 * may name another person, another Live or another event.
 */
import type { Delivery, Sender } from "@usher/signatures"
import type { SignUps } from "../SignUps.ts"

type Headers = Delivery.Delivery["headers"]

/** Header names in lower case. `all`: an expression may read any of them. */
export type Telling = ReadonlyArray<string> | "all"

const mention = /\$headers\b/g

/** With a name that stands in the expression itself. */
const named = /\$headers\s*\.\s*(?:`([^`]+)`|"([^"]+)"|'([^']+)'|([A-Za-z_]\w*))/g

/** The headers that these expressions read. */
export const ofExpressions = (expressions: ReadonlyArray<string>): Telling => {
  const names = new Set<string>()
  for (const expression of expressions) {
    const found = [...expression.matchAll(named)]
    if (found.length < [...expression.matchAll(mention)].length) return "all"
    for (const [, ...spellings] of found) names.add(spellings.find(Boolean)?.toLowerCase() ?? "")
  }
  return [...names].toSorted()
}

/** The headers in which a delivery names its event. */
export const ofEvents = (events: SignUps | undefined): ReadonlyArray<string> =>
  events === undefined
    ? []
    : [events.name, ...(events.otherNames ?? [])].flatMap((field) =>
        "header" in field ? [field.header.toLowerCase()] : []
      )

export const both = (one: Telling, other: ReadonlyArray<string>): Telling =>
  one === "all" ? "all" : [...new Set([...one, ...other])]

/** Headers that a sender or a proxy changes from one try to the next, or that carry no meaning of their own. */
const changing =
  /^(?:date|via|cookie|connection|content-length|content-encoding|transfer-encoding|expect|host|accept|accept-.*|cf-.*|cdn-loop)$|trace|span|request-id|b3-|timestamp|forwarded|attempt|retry|signature|authorization/

/** What the body is read as, where it is not JSON in UTF-8: the same bytes are another text in another charset. */
const plain = /^(?:text\/plain|application\/(?:[\w.+-]+\+)?json)(?:;\s*charset="?utf-?8"?)?$/

/** Where the sender sends one type only, the Content-Type decides of nothing but the charset. */
const readingOf = (contentType: string | undefined, { length }: Sender.Sender["mediaTypes"]): string => {
  // What nearly every delivery has.
  if (contentType === undefined || contentType === "application/json") return ""
  if (length === 1) return charsetOf(contentType)
  const type = contentType
    .toLowerCase()
    .replace(/;\s*boundary=.*$/, "")
    .trim()
  return plain.test(type) ? "" : type
}

const charsetOf = (contentType: string): string => {
  const charset = /;\s*charset\s*=\s*["']?([^\s;,"']+)/i.exec(contentType)?.[1]?.toLowerCase() ?? "utf-8"
  return /^utf-?8$/.test(charset) ? "" : `charset=${charset}`
}

const separator = new TextEncoder().encode("\0")

/** The content that identity compares: the body's, followed by these headers where they say anything. */
export const withHeaders = (
  content: Uint8Array,
  headers: Headers,
  telling: Telling,
  mediaTypes: Sender.Sender["mediaTypes"]
): Uint8Array => {
  const reading = readingOf(headers["content-type"], mediaTypes)
  if (reading === "" && telling.length === 0) return content
  const names =
    telling === "all"
      ? Object.keys(headers)
          .filter((name) => !changing.test(name))
          .toSorted()
      : telling
  const values = names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]))
  if (reading === "" && values.length === 0) return content
  return Buffer.concat([content, separator, Buffer.from(JSON.stringify([reading, ...values]))])
}
