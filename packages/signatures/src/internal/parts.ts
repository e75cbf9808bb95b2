/** The signed content of a delivery: the bytes of its parts, in order. */
import { Option } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { Part } from "../DigestScheme.ts"
import { type Chunk, textOf, utf8 } from "./crypto.ts"
import { isCostly } from "./depth.ts"
import { parseExact } from "./exactJson.ts"
import { type UrlForm, urlForm } from "./url.ts"

const defaultParts: ReadonlyArray<Part> = ["body"]

/** The signed bytes in order; adjacent texts are joined. */
export const chunksOf = (
  scheme: { readonly parts?: ReadonlyArray<Part> },
  delivery: Delivery,
  timestamp: string,
  secret: string,
  form: UrlForm
): ReadonlyArray<Chunk> => {
  const chunks: Array<Chunk> = []
  let text = ""
  for (const part of scheme.parts ?? defaultParts) {
    if (part === "body" || part === "first-event") {
      if (text !== "") chunks.push(text)
      chunks.push(part === "body" ? delivery.body : firstEvent(delivery.body))
      text = ""
    } else {
      text += textOfPart(part, delivery, timestamp, secret, form)
    }
  }
  if (text !== "") chunks.push(text)
  return chunks
}

const textOfPart = (
  part: Exclude<Part, "body" | "first-event">,
  delivery: Delivery,
  timestamp: string,
  secret: string,
  form: UrlForm
): string => {
  if (typeof part !== "string") return "text" in part ? part.text : (delivery.headers[part.header] ?? "")
  switch (part) {
    case "timestamp":
      return timestamp
    case "method":
      return delivery.method
    case "url":
      return urlForm(form, delivery.url ?? "")
    case "secret":
      return secret
    default:
      return part
  }
}

/**
 * The first element of a JSON array as `JSON.stringify` prints it, which the sender signs; any other body unchanged. Throws if
 * the element is nested too deeply to be printed.
 */
export const firstEvent = (body: Uint8Array): Uint8Array => firstOf(body, JSON.parse)

/** The same with the digits of large integers, for reading. Returns a body that can't be printed unchanged. */
export const firstEventExact = (body: Uint8Array): Uint8Array => {
  try {
    return firstOf(body, parseExact)
  } catch {
    return body
  }
}

const firstOf = (body: Uint8Array, parse: (text: string) => unknown): Uint8Array => {
  const text = textOf(body)
  const events = isCostly(text) ? Option.none() : Option.liftThrowable(parse)(text)
  return Option.isSome(events) && Array.isArray(events.value)
    ? utf8(JSON.stringify(events.value[0] ?? null))
    : body
}
