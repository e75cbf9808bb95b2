/**
 * What expressions get besides JSONata's own. The process prints these functions into the bare context in which expressions
 * run, so each stands alone: it uses nothing around it and nothing of Node.
 */

/**
 * JSON, in which a number beyond ±(2^53 - 1) is the text of its digits as written, the same as `Body.parseJson` gives. The
 * numbers are quoted before the text is parsed: a reviver of `JSON.parse` overflows the stack on a deep body.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  if (!/\d(?:\d{15}|[eE]\+?\d)/.test(text)) return value
  const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
  let exact = ""
  let end = 0
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [written] = found
    const isLarge = !written.startsWith('"') && Math.abs(Number(written)) > Number.MAX_SAFE_INTEGER
    if (!isLarge) continue
    exact += `${text.slice(end, found.index)}"${written}"`
    end = token.lastIndex
  }
  return end === 0 ? value : JSON.parse(exact + text.slice(end))
}

/** The first integer in an expression's tree that a number can't hold exactly, as it is written in the expression. */
export function inexactLiteral(
  tree: unknown,
  expression: string
): { readonly digits: string; readonly position: number } | undefined {
  const left: Array<unknown> = [tree]
  const seen = new Set<unknown>()
  for (let node = left.pop(); node !== undefined || left.length > 0; node = left.pop()) {
    if (typeof node !== "object" || node === null || seen.has(node)) continue
    seen.add(node)
    const fields: { type?: unknown; value?: unknown; position?: unknown } = node
    const { type, value, position } = fields
    if (type === "number" && typeof position === "number" && Math.abs(Number(value)) >= 2 ** 53) {
      // The position is that of the literal's end.
      const [digits = ""] = /\d+$/.exec(expression.slice(Math.max(0, position - 400), position)) ?? []
      if (!Number.isSafeInteger(Number(digits))) return { digits, position }
    }
    for (const inner of Object.values(node)) left.push(inner)
  }
  return undefined
}

/** `$base64encode`: the base64 of the text's UTF-8. */
export function base64encode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (text.length > 10_000_000)
    throw { code: "TooLong", message: "the text given to $base64encode is too long" }
  if (!text.isWellFormed())
    throw { code: "NotText", message: "the text given to $base64encode is not valid Unicode" }
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  const lines: Array<string> = []
  let line = ""
  let bits = 0
  let held = 0
  const put = (byte: number) => {
    held = (held << 8) | byte
    for (bits += 8; bits >= 6; bits -= 6) line += alphabet[(held >> (bits - 6)) & 63]
    held &= (1 << bits) - 1
  }
  for (let index = 0; index < text.length; index++) {
    const code = text.codePointAt(index) ?? 0
    if (code > 0xffff) index++
    if (code < 0x80) put(code)
    else {
      const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3
      put(((0xff00 >> (more + 1)) & 0xff) | (code >> (6 * more)))
      for (let rest = more - 1; rest >= 0; rest--) put(0x80 | ((code >> (6 * rest)) & 63))
    }
    if (line.length > 8_000) {
      lines.push(line)
      line = ""
    }
  }
  if (bits > 0) line += alphabet[(held << (6 - bits)) & 63]
  const encoded = lines.join("") + line
  return encoded.padEnd(Math.ceil(encoded.length / 4) * 4, "=")
}

/** `$base64decode`: the text whose UTF-8 this is. Takes both alphabets, with or without padding, on one line or several. */
export function base64decode(encoded: string | undefined): string | undefined {
  if (encoded === undefined) return undefined
  const fail = (code: string, what: string) => ({
    code,
    message: `the text given to $base64decode is ${what}`
  })
  if (encoded.length > 10_000_000) throw fail("TooLong", "too long")
  const plain = encoded.replaceAll(/[\t\n\f\r ]/g, "")
  const isPadded = plain.endsWith("=")
  const length = plain.length - (plain.endsWith("==") ? 2 : isPadded ? 1 : 0)
  if (length % 4 === 1 || (isPadded && plain.length % 4 !== 0)) throw fail("NotBase64", "not base64")
  const bytes = new Uint8Array(Math.floor((length * 3) / 4))
  let bits = 0
  let held = 0
  let size = 0
  for (let index = 0; index < length; index++) {
    const code = plain.charCodeAt(index)
    const value =
      code >= 65 && code <= 90
        ? code - 65
        : code >= 97 && code <= 122
          ? code - 71
          : code >= 48 && code <= 57
            ? code + 4
            : code === 43 || code === 45
              ? 62
              : code === 47 || code === 95
                ? 63
                : undefined
    if (value === undefined) throw fail("NotBase64", "not base64")
    held = (held << 6) | value
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[size++] = (held >> bits) & 0xff
      held &= (1 << bits) - 1
    }
  }
  const texts: Array<string> = []
  let codes: Array<number> = []
  let index = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (index < size) {
    const first = bytes[index++] ?? 0
    const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3
    let code = more === 0 ? first : first & (0x3f >> more)
    if (first >= 0x80 && (first < 0xc2 || first > 0xf4)) throw fail("NotText", "not UTF-8")
    for (let left = more; left > 0; left--) {
      const next = bytes[index++] ?? 0
      if (next >> 6 !== 2) throw fail("NotText", "not UTF-8")
      code = (code << 6) | (next & 63)
    }
    const isShort = (more === 2 && code < 0x800) || (more === 3 && code < 0x10000)
    if (isShort || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw fail("NotText", "not UTF-8")
    codes.push(code)
    if (codes.length > 4_000) {
      texts.push(String.fromCodePoint(...codes))
      codes = []
    }
  }
  return texts.join("") + String.fromCodePoint(...codes)
}
