/** The only module that uses `node:crypto`. Keys are made once; the other functions run for each delivery. */
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
/** Makes a key object once: `createHmac` with raw bytes makes one for every call, which is several times slower. */
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

/** `mac` for the most common case, a text and the body, without an array for each delivery. */
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

/** Hashes the UTF-16 code units: a lone surrogate keeps its value, where UTF-8 replaces it. */
export const sha256HexOfUnits = (text: string): string => hash("sha256", Buffer.from(text, "utf16le"), "hex")

/** The prefix of an id of which only the hash is kept. */
const hashed = "sha256:"

/**
 * The id, if a database can store it unchanged, else a hash over its UTF-16 code units, so that no two ids become equal: a
 * database truncates long ids and replaces characters that are not Unicode. An id that looks like such a hash is hashed as well.
 */
export const storable = (id: string): string =>
  id.length > 255 || id.startsWith(hashed) || id.includes("\0") || !id.isWellFormed()
    ? hashed + sha256HexOfUnits(id)
    : id

/** Compares in constant time. Texts of different lengths never match. */
const equalText = (expected: string, given: string): boolean => {
  if (expected.length !== given.length) return false
  const a = Buffer.from(expected)
  const b = Buffer.from(given)
  return a.length === b.length && timingSafeEqual(a, b)
}

/**
 * Whether a text encodes the same bytes as `expected`, a digest in canonical `encoding`: hex in either case, base64 and
 * base64url with or without padding. Mixed alphabets, other characters and stray bits at the end are refused. Compares in
 * constant time, and first without conversion, since most senders write canonically.
 */
export const isSignature = (expected: string, encoding: TextEncoding, given: string): boolean => {
  if (equalText(expected, given)) return true
  // A long text can't match, so it is not read.
  if (given.length > expected.length + 2) return false
  if (encoding === "hex") return equalText(expected, given.toLowerCase())
  const read = base64urlOf(given)
  return (
    read !== undefined &&
    equalText(encoding === "base64url" ? expected : urlAlphabet(unpadded(expected)), read)
  )
}

/** Converts either alphabet to base64url without padding; `undefined` for mixed alphabets or wrong padding. */
const base64urlOf = (text: string): string | undefined => {
  const bare = unpadded(text)
  const isPadded = bare.length < text.length
  if ((isPadded && text.length % 4 !== 0) || (/[+/]/.test(bare) && /[-_]/.test(bare))) return undefined
  return urlAlphabet(bare)
}

const unpadded = (text: string): string => text.replace(/={1,2}$/, "")
const urlAlphabet = (text: string): string => text.replaceAll("+", "-").replaceAll("/", "_")

/** Compares values of any length in constant time, by their digests. */
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
  return (
    bytes.length === 64 &&
    base64urlOf(signature) === bytes.toString("base64url") &&
    verify(null, content, key, bytes)
  )
}

/** Decodes canonical base64, with or without padding; `undefined` for any other text. */
export const decodeBase64 = (text: string): Uint8Array | undefined => {
  const bytes = Buffer.from(text, "base64")
  const canonical = bytes.toString("base64")
  return text.length > 0 && (canonical === text || unpadded(canonical) === text) ? bytes : undefined
}

export const concat = (chunks: ReadonlyArray<Chunk>): Uint8Array =>
  Buffer.concat(chunks.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk)))

export const isUtf8Text = (bytes: Uint8Array): boolean => isUtf8(bytes)

export const utf8 = (text: string): Uint8Array => Buffer.from(text)
/** Encodes one byte per character; `undefined` if a character needs more. */
export const latin1 = (text: string): Uint8Array | undefined => {
  const bytes = Buffer.from(text, "latin1")
  return bytes.toString("latin1") === text ? bytes : undefined
}
export const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")
/** Decodes one character per byte, so that different bodies stay different. */
export const binaryTextOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")
export const base64Of = (text: string): string => Buffer.from(text).toString("base64")
export const hexBytes = (text: string): Uint8Array => Buffer.from(text, "hex")
