/** Removes everything that people and programs write around an address. Each function is linear in the text. */

/** Invisible characters. Unicode does not count a blank Braille cell as one, but it looks like one. */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu

/** Removes invisible characters and surrounding space, and composes the text (NFC). */
export const clean = (text: string): string => {
  const visible = trim(text.replaceAll(invisible, ""))
  return stacked.test(visible) ? visible : visible.normalize("NFC")
}

/** More marks on a letter than any language has (Unicode Annex 15, stream-safe text): composing takes quadratic time. */
const stacked = /\p{M}{31}/u

const space = /[\s\u0085]/

/** `String.trim` keeps NEL; a pattern for both ends backtracks. */
const trim = (text: string): string => {
  let [from, to] = [0, text.length]
  while (from < to && space.test(text[from] ?? "")) from++
  while (to > from && space.test(text[to - 1] ?? "")) to--
  return text.slice(from, to)
}

const entities: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
  nbsp: "\u00A0",
  commat: "@"
}

/** Decodes the HTML entities that appear in and around addresses, once. */
export const unescape = (text: string): string =>
  text.replaceAll(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));/gi, (entity, hex, decimal, name) => {
    if (name !== undefined) return entities[String(name).toLowerCase()] ?? entity
    const point = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16)
    return point <= 0x10ffff ? String.fromCodePoint(point) : entity
  })

/**
 * The address of a `mailto:` without its query, percent-decoded. Returns any other text unchanged, also `mailto://`, whose
 * slashes would become a part of the address.
 */
export const withoutMailto = (text: string): string => {
  if (!/^mailto:(?!\s*\/\/)/i.test(text)) return text
  const [address = ""] = text.slice("mailto:".length).split("?", 1)
  try {
    return clean(decodeURIComponent(address))
  } catch {
    return text
  }
}

const pairs = ['""', "''", "“”", "„“", "‘’", "‚‘", "«»", "``"]

/** Removes one pair of quotation marks around the whole text. */
export const withoutQuotes = (text: string): string => {
  const inner = text.slice(1, -1)
  const isQuoted = pairs.some(
    ([open = "", close = ""]) =>
      text.length > 1 && text.startsWith(open) && text.endsWith(close) && !inner.includes(close)
  )
  return isQuoted ? trim(inner) : text
}

const separators = /[,;\n\v\f\r\u0085\u2028\u2029]/

/** Splits a list, except in quotation marks and in angle brackets, and drops empty parts. */
export const partsOf = (text: string): ReadonlyArray<string> => {
  const parts: Array<string> = []
  let [from, isQuoted, isBracketed] = [0, false, false]
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? ""
    if (letter === '"') isQuoted = !isQuoted
    else if (isQuoted) at += Number(letter === "\\")
    else if (letter === "<" || letter === ">") isBracketed = letter === "<"
    else if (!isBracketed && separators.test(letter)) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  return [...parts, text.slice(from)].map(trim).filter((part) => part !== "")
}

/** Splits `Name <address>`; `undefined` for text of another form. */
export const mailbox = (text: string): { readonly name: string; readonly address: string } | undefined => {
  const open = text.lastIndexOf("<")
  return open < 0 || !text.endsWith(">")
    ? undefined
    : { name: trim(text.slice(0, open)), address: trim(text.slice(open + 1, -1)) }
}

/** The parts of a name outside of quotation marks; `undefined` for an unpaired mark. */
export const unquoted = (name: string): string | undefined => {
  let [outside, isQuoted] = ["", false]
  for (let at = 0; at < name.length; at++) {
    const letter = name[at] ?? ""
    if (isQuoted && letter === "\\") at++
    else if (letter === '"') isQuoted = !isQuoted
    else if (!isQuoted) outside += letter
  }
  return isQuoted ? undefined : outside
}
