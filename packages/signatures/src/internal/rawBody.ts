/** Whether a body is bytes, and what is wrong where it is not. */

/** Also of another realm, as test runners and `vm` make them. */
export const isBytes = (body: unknown): body is Uint8Array =>
  body instanceof Uint8Array || Object.prototype.toString.call(body) === "[object Uint8Array]"

/** Names the usual mistakes. It quotes nothing of the body. */
export const mistakeOf = (body: unknown): string => {
  if (body === undefined || body === null) {
    return `the delivery has no body (${String(body)}): give the raw bytes, which are empty for a request without a body`
  }
  if (typeof body === "string") {
    return "the body is a text: build the delivery with Delivery.make, which makes it bytes"
  }
  if (isStream(body)) return "the body is a stream that nobody has read: read it with Delivery.fromRequest"
  return `the body is a parsed value (${nameOf(body)}), not the raw bytes. ${remedy}`
}

/** What to do about a body parser. */
export const remedy =
  "A signature covers the bytes as they were sent, and JSON that is printed again is other bytes. Read the raw body before any body parser: Delivery.fromRequest(request) in front of express.json(), or express.raw({ type: () => true }) on this route"

const isStream = (body: object | number | boolean | bigint | symbol): boolean =>
  typeof body === "object" && ("getReader" in body || "pipe" in body)

const nameOf = (body: unknown): string => (Array.isArray(body) ? "an array" : `of type ${typeof body}`)
