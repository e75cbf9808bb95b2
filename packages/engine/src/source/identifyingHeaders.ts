/**
 * Determines which headers distinguish deliveries. Deliveries with the same body but other values of these headers are
 * different: each can name another person, Live or event.
 */
import type { Delivery, Sender } from "@usher/signatures"
import type { Reading } from "./expressions/headersRead.ts"
import type { SignUps } from "./SignUps.ts"

type Headers = Delivery.Delivery["headers"]

/** Header names in lower case. `all`: an expression may read any header. */
export type IdentifyingHeaders = ReadonlyArray<string> | "all"

/** The headers that expressions read. */
export const ofReadings = (readings: ReadonlyArray<Reading>): IdentifyingHeaders =>
  readings.some(({ isComputed }) => isComputed)
    ? "all"
    : [...new Set(readings.flatMap(({ names }) => names))].toSorted()

/** The headers that name the event of a delivery. */
export const ofEvents = (events: SignUps | undefined): ReadonlyArray<string> =>
  events === undefined
    ? []
    : [events.name, ...(events.otherNames ?? [])].flatMap((field) =>
        "header" in field ? [field.header.toLowerCase()] : []
      )

/** The names of these headers among the stored ones, because a mapping sees no others. */
export const named = (
  telling: IdentifyingHeaders,
  events: ReadonlyArray<string>,
  kept: ReadonlyArray<string>
): ReadonlyArray<string> =>
  telling === "all"
    ? kept.filter((name) => !changing.test(name)).toSorted()
    : [...new Set([...telling, ...events])].filter((name) => kept.includes(name))

/** Headers that change between redeliveries, or have no meaning of their own. */
const changing =
  /^(?:date|via|cookie|connection|content-length|content-encoding|transfer-encoding|expect|host|accept|accept-.*|cf-.*|cdn-loop)$|trace|span|request-id|b3-|timestamp|forwarded|attempt|retry|signature|authorization/

/** Media types of JSON in UTF-8. In another charset, the same bytes are another text. */
const plain = /^(?:text\/plain|application\/(?:[\w.+-]+\+)?json)(?:;\s*charset="?utf-?8"?)?$/

/** If the sender sends only one type, only the charset matters. */
const readingOf = (contentType: string | undefined, { length }: Sender.Sender["mediaTypes"]): string => {
  if (contentType === undefined) return ""
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

/** The content to compare: the body, followed by these headers if they are present. */
export const withHeaders = (
  content: Uint8Array,
  headers: Headers,
  names: ReadonlyArray<string>,
  mediaTypes: Sender.Sender["mediaTypes"]
): Uint8Array => {
  const reading = readingOf(headers["content-type"], mediaTypes)
  if (reading === "" && names.length === 0) return content
  const values = names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]))
  if (reading === "" && values.length === 0) return content
  return Buffer.concat([content, separator, Buffer.from(JSON.stringify([reading, ...values]))])
}
