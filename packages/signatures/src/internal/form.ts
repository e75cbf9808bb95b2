/** Reads the fields of forms, urlencoded and multipart, in order. */
import { Result } from "effect"
import { charsetOf, decoderOf, textOf } from "./charset.ts"
import type { MediaType } from "./mediaTypes.ts"
import * as multipart from "./multipart.ts"

const tooMany = "the body has too many fields"

/** Reads the fields of a body of this type. */
export const fieldsOf = (
  type: Exclude<MediaType, "application/json">,
  contentType: string | undefined,
  body: Uint8Array
): Result.Result<multipart.Fields, string> =>
  type === "multipart/form-data" ? multipart.fieldsOf(contentType ?? "", body) : urlencoded(contentType, body)

/**
 * Parses by the URL standard: a leading `?` belongs to the name, and bytes outside of the charset become U+FFFD. The charset
 * applies to the percent-decoded bytes, except UTF-16, in which no form is percent-encoded.
 */
const urlencoded = (
  contentType: string | undefined,
  body: Uint8Array
): Result.Result<multipart.Fields, string> => {
  const label = charsetOf(contentType)
  if (isWide(body) || (label !== undefined && /^utf-?16/i.test(label))) {
    return Result.flatMap(textOf(body, contentType), (text) => parse(Buffer.from(text), lenient))
  }
  if (label === undefined) return parse(body, lenient)
  return Result.flatMap(decoderOf(label, { fatal: false, ignoreBOM: true }), (decoder) =>
    parse(body, decoder)
  )
}

const lenient = new TextDecoder("utf-8", { ignoreBOM: true })

const isWide = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)

const [ampersand, equals, plus, space, percent] = [0x26, 0x3d, 0x2b, 0x20, 0x25]

const parse = (body: Uint8Array, decoder: TextDecoder): Result.Result<multipart.Fields, string> => {
  const fields: Array<readonly [string, string]> = []
  let start = startOf(body)
  while (start < body.length) {
    const found = body.indexOf(ampersand, start)
    const end = found === -1 ? body.length : found
    const piece = body.subarray(start, end)
    start = end + 1
    if (piece.length === 0) continue
    if (fields.length === multipart.maxFields) return Result.fail(tooMany)
    const at = piece.indexOf(equals)
    const name = at === -1 ? piece : piece.subarray(0, at)
    const value = at === -1 ? piece.subarray(piece.length) : piece.subarray(at + 1)
    fields.push([decoder.decode(unescape(name)), decoder.decode(unescape(value))])
  }
  return Result.succeed(fields)
}

/** Skips a byte order mark, which is never a part of the first name. */
const startOf = (body: Uint8Array): number =>
  body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0

/** Decodes `+` and `%XX`; keeps a `%` without two digits. */
const unescape = (piece: Uint8Array): Uint8Array => {
  if (!piece.includes(percent) && !piece.includes(plus)) return piece
  const bytes = new Uint8Array(piece.length)
  let length = 0
  for (let at = 0; at < piece.length; at += 1) {
    const byte = piece[at] ?? 0
    const high = byte === percent ? hexOf(piece[at + 1]) : -1
    const low = high === -1 ? -1 : hexOf(piece[at + 2])
    if (low !== -1) at += 2
    bytes[length++] = low === -1 ? (byte === plus ? space : byte) : high * 16 + low
  }
  return bytes.subarray(0, length)
}

const hexOf = (byte: number | undefined): number => {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1
}
