/** What tells one webhook from another: the sender's id, and a keyed hash of the content. */
import { createHmac, hash } from "node:crypto"

/** Identities differ from every other use of the database's key. */
const purpose = "usher: the content of a webhook"

/** The block of SHA-256, in bytes. */
const block = 64

/** Up to this length the content is copied behind the key, which is the faster way. */
const longestCopy = 65_536

/**
 * Makes HMAC-SHA256 under a key derived from the database's. For most bodies, two calls of `hash` on buffers that are used
 * again cost a tenth of one `createHmac`. Cut to 132 bits: RFC 2104, section 5, asks for half of the hash at least, and two
 * of 10^12 bodies collide with a probability below 10^-15.
 */
export const hashing = (personKey: string) => {
  const key = createHmac("sha256", Buffer.from(personKey, "base64")).update(purpose).digest()
  const inner = Buffer.concat([padded(key, 0x36), Buffer.alloc(longestCopy)])
  const outer = Buffer.concat([padded(key, 0x5c), Buffer.alloc(32)])
  const hmac = (content: Uint8Array): string => {
    inner.set(content, block)
    outer.write(hash("sha256", inner.subarray(0, block + content.length), "binary"), block, "binary")
    return hash("sha256", outer, "base64url")
  }
  return (content: Uint8Array): string =>
    (content.length <= longestCopy
      ? hmac(content)
      : createHmac("sha256", key).update(content).digest("base64url")
    ).slice(0, 22)
}

const padded = (key: Uint8Array, byte: number): Uint8Array =>
  Uint8Array.from({ length: block }, (_, at) => (key[at] ?? 0) ^ byte)

/** In any script, an id of this length fits into an index of Postgres. */
const maxLength = 255

/** An id that names a person, as it is stored: retries are known by the keyed hash, and nobody can read who it is. */
export const keyedId = (deliveryId: string, hashOf: (content: Uint8Array) => string): string =>
  `keyed:${hashOf(Buffer.from(deliveryId, "utf16le"))}`

/** Whether an address may stand in it, also in a part that composition or a URL has escaped. */
const mayName = (deliveryId: string): boolean => deliveryId.includes("@") || deliveryId.includes("%40")

/**
 * An id as it is stored: '' for none. One in which an address may stand is replaced by a keyed hash. One that a database would change or refuse (half a surrogate pair, NUL, very long) is
 * replaced by the hash of its UTF-16 code units, so that no two become equal.
 */
export const storedId = (deliveryId: string | null, hashOf: (content: Uint8Array) => string): string => {
  if (deliveryId === null) return ""
  if (mayName(deliveryId)) return keyedId(deliveryId, hashOf)
  if (deliveryId.length <= maxLength && deliveryId.isWellFormed() && !deliveryId.includes("\u0000")) {
    return deliveryId
  }
  return `sha256:${hash("sha256", Buffer.from(deliveryId, "utf16le"), "hex")}`
}

/** What the version before `body_hash` stored for a delivery without an id. */
export const formerId = (source: string, body: Uint8Array): string => {
  const digest = hash("sha256", body, "hex")
  return source === "import" ? `sha256:${digest}` : digest
}
