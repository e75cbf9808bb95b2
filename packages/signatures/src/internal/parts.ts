/** What is signed, of a delivery: the bytes of its parts, in their order. */
import type { Delivery } from "../Delivery.ts"
import type { Part } from "../Scheme.ts"
import { jsonOf } from "./body.ts"
import { type Chunk, textOf } from "./crypto.ts"
import { type UrlForm, urlForm } from "./url.ts"

const defaultParts: ReadonlyArray<Part> = ["body"]

/** The bytes that are signed, in their order; neighbouring texts as one. */
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
    if (part === "body") {
      if (text !== "") chunks.push(text)
      chunks.push(delivery.body)
      text = ""
    } else {
      text += textOfPart(part, delivery, timestamp, secret, form)
    }
  }
  if (text !== "") chunks.push(text)
  return chunks
}

const textOfPart = (
  part: Exclude<Part, "body">,
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
      return urlForm(form, delivery.url)
    case "secret":
      return secret
    case "first-event": {
      const events = jsonOf(delivery.body)
      return Array.isArray(events) ? JSON.stringify(events[0] ?? null) : textOf(delivery.body)
    }
    default:
      return part
  }
}
