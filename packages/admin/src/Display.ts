/**
 * Display of untrusted text. Invisible and reordering characters are shown as code points, and look-alike letters of other
 * scripts are named.
 */

/**
 * Format characters (bidi controls, zero-width), control characters, lone surrogates, line separators, and letters without
 * a glyph.
 */
const unseen = /[\u034F\u17B4\u17B5\p{Cf}\p{Cc}\p{Cs}\u115F\u1160\u2028\u2029\u2800\u3164\uFFA0]/gu

/** `\u{202E}` */
const escaped = (letter: string): string =>
  `\\u{${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}}`

const isLayout = (letter: string) => letter === "\n" || letter === "\t"

/** A label of an address, or a word. */
const word = /[\p{L}\p{M}\p{Nd}_-]{2,}/gu

/** Scripts with letters that look Latin, and fullwidth and mathematical letters. */
const foreign =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\uFF10-\uFF5A\u{1D400}-\u{1D7FF}]/gu

const latin = /[a-zA-Z\u00C0-\u024F]/

/** A label of nothing but Cyrillic and Greek look-alikes, which reads as a Latin word. */
const twins = /^[авекмнорстухіјѕһӏԁԛԝьгпαικνορτυχϲ\d-]+$/iu

const isMixed = (word: string, isAddress: boolean) =>
  latin.test(word) || (isAddress && twins.test(word) && !/^[\d-]+$/.test(word))

/**
 * A text of one line, with invisible characters as code points: `\u{202E}`.
 *
 * @category display
 */
export const escape = (text: string): string => text.replaceAll(unseen, escaped)

/**
 * The look-alike letters of the text, each once, as `U+0430`: those in words that mix Latin with another script, and, in an
 * address, those in labels of look-alikes only.
 *
 * @category display
 */
export const lookalikes = (text: string): ReadonlyArray<string> => {
  const isAddress = text.includes("@") && latin.test(text)
  const found = new Set<string>()
  for (const [one] of text.matchAll(word)) {
    if (!isMixed(one, isAddress)) continue
    for (const [letter] of one.matchAll(foreign)) {
      found.add(`U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`)
    }
  }
  return [...found]
}

/**
 * A text of one line, escaped, followed by its look-alikes: `аlice@example.com [U+0430]`.
 *
 * @category display
 */
export const line = (text: string): string => {
  const marks = lookalikes(text)
  return marks.length === 0 ? escape(text) : `${escape(text)} [${marks.join(" ")}]`
}

/**
 * A text of several lines, such as a body. Tabs and line ends stay, look-alikes in mixed words are escaped.
 *
 * @category display
 */
export const block = (text: string): string =>
  text
    .replaceAll("\r\n", "\n")
    .replaceAll(unseen, (letter) => (isLayout(letter) ? letter : escaped(letter)))
    .replaceAll(word, (one) => (latin.test(one) ? one.replaceAll(foreign, escaped) : one))

/**
 * JSON with the same value, with invisible characters as JSON escapes, so that they can't control a terminal.
 *
 * @category display
 */
export const json = (text: string): string =>
  text.replaceAll(unseen, (letter) =>
    isLayout(letter)
      ? letter
      : Array.from(
          { length: letter.length },
          (_, at) => `\\u${letter.charCodeAt(at).toString(16).padStart(4, "0")}`
        ).join("")
  )
