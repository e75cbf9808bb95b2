/** Checks that a body is bytes, and explains what else it is. */

/** Also accepts bytes of another realm, which test runners and `vm` create. */
export const isBytes = (body: unknown): body is Uint8Array =>
  body instanceof Uint8Array || Object.prototype.toString.call(body) === "[object Uint8Array]"

/** Explains the usual mistakes. Quotes nothing of the body. */
export const mistakeOf = (body: unknown): string => {
  if (body === undefined || body === null) {
    return `the delivery has no body (${String(body)}): give the raw bytes, which are empty for a request without a body`
  }
  if (typeof body === "string") {
    return "the body is a text: build the delivery with Delivery.make, which encodes it"
  }
  if (isStream(body)) return "the body is an unread stream: read it with Delivery.fromRequest"
  return `the body is a parsed value (${nameOf(body)}), not the raw bytes. ${remedy}`
}

/** How to keep a body parser from the raw body. */
export const remedy =
  "A signature covers the bytes as they were sent, and JSON that is serialized again has other bytes. Read the raw body before any body parser: Delivery.fromRequest(request) in front of express.json(), or express.raw({ type: () => true }) on this route"

const isStream = (body: object | number | boolean | bigint | symbol): boolean =>
  typeof body === "object" && ("getReader" in body || "pipe" in body)

const nameOf = (body: unknown): string => (Array.isArray(body) ? "an array" : `of type ${typeof body}`)
