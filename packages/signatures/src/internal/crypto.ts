/** The one door to `node:crypto`. Keys are prepared once; what runs for each delivery is below them. */
import { isUtf8 } from "node:buffer"
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
/** A digest as bytes. */
export type Bytes = Buffer

/** A key object once for all: `createHmac` over raw bytes builds one for every call, at several times the cost. */
export const macKey = (bytes: Uint8Array): Key => createSecretKey(bytes)

export const mac = (algorithm: Algorithm, key: Key, chunks: ReadonlyArray<Chunk>): Bytes => {
  const digest = createHmac(algorithm, key)
  for (const chunk of chunks) digest.update(chunk)
  return digest.digest()
}

/** `mac` for the commonest shape, a text and the body, without an array for each delivery. */
export const macOfTextAndBody = (key: Key, text: string, body: Uint8Array): Bytes =>
  createHmac("sha256", key).update(text).update(body).digest()

export const digest = (algorithm: Algorithm, chunks: ReadonlyArray<Chunk>): Bytes => {
  const digest = createHash(algorithm)
  for (const chunk of chunks) digest.update(chunk)
  return digest.digest()
}

export const textIn = (bytes: Bytes, encoding: TextEncoding): string => bytes.toString(encoding)

export const sha256Hex = (data: Chunk): string => hash("sha256", data, "hex")

/** Over the UTF-16 code units: half a surrogate pair keeps its value, where UTF-8 replaces it. */
export const sha256HexOfUnits = (text: string): string => hash("sha256", Buffer.from(text, "utf16le"), "hex")

/**
 * Whether a text is a signature: hex in either case, base64 or base64url with or without padding. The bytes are compared
 * in constant time. Only a text that decodes to them is read strictly: canonical bits and no foreign characters, so that
 * nothing but these spellings passes.
 */
export const isSignature = (expected: Bytes, encoding: TextEncoding, given: string): boolean => {
  const { length } = expected
  if (encoding === "hex") {
    if (given.length !== length * 2) return false
    const read = Buffer.from(given, "hex")
    return (
      read.length === length &&
      timingSafeEqual(read, expected) &&
      given.toLowerCase() === expected.toString("hex")
    )
  }
  if (given.length > Math.ceil(length / 3) * 4) return false
  const read = Buffer.from(given, "base64")
  return read.length === length && timingSafeEqual(read, expected) && isBase64Of(expected, given)
}

const isBase64Of = (bytes: Buffer, text: string): boolean => {
  const padded = bytes.toString("base64")
  if (text === padded) return true
  const bare = bytes.toString("base64url")
  return text === bare || text === unpadded(padded) || text === bare.padEnd(padded.length, "=")
}

const unpadded = (text: string): string => text.replace(/={1,2}$/, "")

/** Constant time over values of any length: their digests are compared. */
export const equalSecret = (a: Chunk, b: Chunk): boolean =>
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
  if (signature.length > 88) return false
  const bytes = Buffer.from(signature, "base64")
  return bytes.length === 64 && isBase64Of(bytes, signature) && verify(null, content, key, bytes)
}

/** Bytes of canonical base64, padded or not; `undefined` for any other text. */
export const decodeBase64 = (text: string): Uint8Array | undefined => {
  const bytes = Buffer.from(text, "base64")
  const canonical = bytes.toString("base64")
  return text.length > 0 && (canonical === text || unpadded(canonical) === text) ? bytes : undefined
}

export const concat = (chunks: ReadonlyArray<Chunk>): Uint8Array =>
  Buffer.concat(chunks.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk)))

export const isUtf8Text = (bytes: Uint8Array): boolean => isUtf8(bytes)

export const utf8 = (text: string): Uint8Array => Buffer.from(text)
/** One byte for each character; `undefined` where a character needs more. */
export const latin1 = (text: string): Uint8Array | undefined =>
  /^[\u0000-\u00ff]*$/.test(text) ? Buffer.from(text, "latin1") : undefined
export const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")
/** One character for each byte: no two bodies read the same. */
export const binaryTextOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")
export const base64Of = (text: string): string => Buffer.from(text).toString("base64")
export const hexBytes = (text: string): Uint8Array => Buffer.from(text, "hex")
