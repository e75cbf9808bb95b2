/** The one door to `node:crypto`. Keys are prepared once; what runs for each delivery is below them. */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hash,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify
} from "node:crypto"

export type Algorithm = "sha1" | "sha256" | "sha384" | "sha512"
export type TextEncoding = "hex" | "base64" | "base64url"
export type Key = KeyObject
export type Chunk = string | Uint8Array

/** A key object once for all: `createHmac` over raw bytes builds one for every call, at several times the cost. */
export const macKey = (bytes: Uint8Array): Key => createSecretKey(bytes)

export const mac = (
  algorithm: Algorithm,
  key: Key,
  encoding: TextEncoding,
  chunks: ReadonlyArray<Chunk>
): string => {
  const digest = createHmac(algorithm, key)
  for (const chunk of chunks) digest.update(chunk)
  return digest.digest(encoding)
}

/** `mac` for the commonest shape, a text and the body, without an array for each delivery. */
export const macOfTextAndBody = (key: Key, text: string, body: Uint8Array): string =>
  createHmac("sha256", key).update(text).update(body).digest("base64")

export const digest = (
  algorithm: Algorithm,
  encoding: TextEncoding,
  chunks: ReadonlyArray<Chunk>
): string => {
  const digest = createHash(algorithm)
  for (const chunk of chunks) digest.update(chunk)
  return digest.digest(encoding)
}

export const sha256Hex = (data: Chunk): string => hash("sha256", data, "hex")

/**
 * Constant time over texts of one length; another length is just no match. Texts are compared, not decoded bytes:
 * base64 and hex have several spellings of the same bytes, and only the sender's own spelling is accepted.
 */
export const equalText = (expected: string, given: string): boolean => {
  if (expected.length !== given.length) return false
  const a = Buffer.from(expected)
  const b = Buffer.from(given)
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Constant time over values of any length: their digests are compared. */
export const equalSecret = (a: string, b: string): boolean =>
  timingSafeEqual(hash("sha256", a, "buffer"), hash("sha256", b, "buffer"))

// DER headers that turn 32 raw bytes into an SPKI public key and a PKCS #8 private key (RFC 8410).
const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex")
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex")

export const ed25519PublicKey = (raw: Uint8Array): Key =>
  createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: "der", type: "spki" })

export const ed25519PrivateKey = (seed: Uint8Array): Key =>
  createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: "der", type: "pkcs8" })

export const ed25519Sign = (key: Key, content: Uint8Array): string =>
  sign(null, content, key).toString("base64")

export const ed25519Verify = (key: Key, content: Uint8Array, signature: string): boolean => {
  const bytes = decodeBase64(signature)
  return bytes !== undefined && bytes.length === 64 && verify(null, content, key, bytes)
}

/** Bytes of canonical base64, padded or not; `undefined` for any other text. */
export const decodeBase64 = (text: string): Uint8Array | undefined => {
  const bytes = Buffer.from(text, "base64")
  const canonical = bytes.toString("base64")
  return text.length > 0 && (canonical === text || canonical.replace(/=+$/, "") === text) ? bytes : undefined
}

export const concat = (chunks: ReadonlyArray<Chunk>): Uint8Array =>
  Buffer.concat(chunks.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk)))

export const utf8 = (text: string): Uint8Array => Buffer.from(text)
export const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")
export const base64Of = (text: string): string => Buffer.from(text).toString("base64")
export const hexBytes = (text: string): Uint8Array => Buffer.from(text, "hex")
