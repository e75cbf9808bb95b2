/** Computes the bytes that distinguish a retry from another delivery. */
import { binaryTextOf, utf8 } from "./crypto.ts"
import type { Reader } from "./fields.ts"
import { multipart } from "./mediaTypes.ts"

/** Removes fields from the reader's JSON, which must not be used afterwards. */
export const contentOf = (retryFields: ReadonlyArray<string> | undefined, reader: Reader): Uint8Array => {
  const { body, headers } = reader.delivery
  const boundary = reader.type() === multipart ? boundaryOf(headers["content-type"]) : undefined
  if (boundary !== undefined) return utf8(JSON.stringify(binaryTextOf(body).split(`--${boundary}`)))
  if (retryFields === undefined || retryFields.length === 0) return body
  const json = reader.json()
  if (typeof json !== "object" || json === null) return body
  try {
    for (const path of retryFields) removeAt(json, path.split("."))
    return utf8(JSON.stringify(json))
  } catch {
    // Nested too deeply to be serialized.
    return body
  }
}

const boundaryOf = (contentType: string | undefined): string | undefined =>
  contentType !== undefined && /^\s*multipart\/form-data/i.test(contentType)
    ? /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i
        .exec(contentType)
        ?.slice(1)
        .find((text) => text !== undefined)
    : undefined

const removeAt = (value: unknown, [step = "", ...rest]: ReadonlyArray<string>): void => {
  if (typeof value !== "object" || value === null) return
  if (step === "*") {
    if (Array.isArray(value)) for (const element of value) removeAt(element, rest)
  } else if (rest.length === 0) Reflect.deleteProperty(value, step)
  else if (Object.hasOwn(value, step)) removeAt(Reflect.get(value, step), rest)
}
