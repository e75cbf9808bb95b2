/**
 * Decodes a text by each kind of escape, repeatedly for nested ones: JSON in strings, percent encoding, HTML entities,
 * Base64, quoted-printable. Each step is linear in the text, and the number of steps is fixed. Decoding plain text is
 * harmless: it never adds a name.
 */
import { isUtf8 } from "node:buffer"
import { unescapeEntities } from "./entities.ts"

/** The most layers of escapes. */
const rounds = 4

/** Returns every reading of the text, the text itself first. */
export function* spellings(text: string): Generator<string> {
  yield* unescaped(text)
  const hidden = base64In(text)
  if (hidden !== "") yield* unescaped(hidden)
  // PHP writes the slashes of Base64 as \/.
  const plain = json(text)
  const alsoHidden = plain === text ? "" : base64In(plain)
  if (alsoHidden !== "" && alsoHidden !== hidden) yield* unescaped(alsoHidden)
  if (/quoted-printable/i.test(text)) yield* unescaped(quotedPrintable(text))
}

function* unescaped(text: string): Generator<string> {
  yield text
  let current = text
  for (let round = 0; round < rounds; round++) {
    const before = current
    for (const step of [json, percent, unescapeEntities]) {
      const next = step(current)
      if (next === current) continue
      yield next
      current = next
    }
    if (current === before) return
  }
}

const controls: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }

const json = (text: string): string =>
  text.includes("\\")
    ? text.replaceAll(/\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|([^]))/g, (_, unit, byte, letter) =>
        letter === undefined
          ? String.fromCharCode(Number.parseInt(String(unit ?? byte), 16))
          : (controls[String(letter)] ?? String(letter))
      )
    : text

const percent = (text: string): string =>
  text.includes("%")
    ? withSpaces(text).replaceAll(/%u([\da-f]{4})|(?:%[\da-f]{2})+/gi, (bytes, unit) =>
        unit === undefined
          ? bytesOf(bytes.replaceAll("%", ""))
          : String.fromCharCode(Number.parseInt(String(unit), 16))
      )
    : text

/** In a text that has `%40`, a plus sign would be `%2B`, so a `+` is a space. */
const withSpaces = (text: string): string =>
  text.includes("+") && text.includes("%40")
    ? text.replaceAll(/[^\s"<>&=?]+/g, (piece) =>
        piece.includes("%40") ? piece.replaceAll("+", " ") : piece
      )
    : text

const quotedPrintable = (text: string): string =>
  text
    .replaceAll(/=\r?\n/g, "")
    .replaceAll(/(?:=[\da-f]{2})+/gi, (bytes) => bytesOf(bytes.replaceAll("=", "")))

const bytesOf = (hex: string): string => {
  const bytes = Buffer.from(hex, "hex")
  return bytes.toString(isUtf8(bytes) ? "utf8" : "latin1")
}

/** Base64, also over several lines as in mail. */
const encoded = /[\w+/-]{8,}(?:\r?\n[\w+/-]{4,})*={0,2}/g

/** All Base64 that decodes to text, one per line. Most words do not. */
const base64In = (text: string): string => {
  const found: Array<string> = []
  for (const [piece] of text.matchAll(encoded)) {
    const bytes = Buffer.from(piece, "base64")
    if (isUtf8(bytes)) found.push(bytes.toString())
  }
  return found.join("\n")
}
