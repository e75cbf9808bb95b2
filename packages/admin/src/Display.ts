/**
 * Showing texts that strangers wrote: what can't be seen, or changes the order of what is seen, is shown as its code
 * point, and look-alike letters of other scripts are named.
 */

/**
 * Format characters (bidi controls, zero-width ones), control characters, halves of a surrogate pair, the separators that
 * break lines, and letters without a shape.
 */
const unseen = /[\u034F\u17B4\u17B5\p{Cf}\p{Cc}\p{Cs}\u115F\u1160\u2028\u2029\u2800\u3164\uFFA0]/gu

/** `\u{202E}` */
const escaped = (letter: string): string =>
  `\\u{${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}}`

const isLayout = (letter: string) => letter === "\n" || letter === "\t"

/** A label of an address, or a word. */
const word = /[\p{L}\p{M}\p{Nd}_-]{2,}/gu

/** Fullwidth and mathematical letters pass for Latin ones, too. */
const foreign =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\uFF10-\uFF5A\u{1D400}-\u{1D7FF}]/gu

const latin = /[a-zA-Z\u00C0-\u024F]/

/** Cyrillic and Greek letters that look like Latin ones: a label of nothing else reads as a Latin word. */
const twins = /^[авекмнорстухіјѕһӏԁԛԝьгпαικνορτυχϲ\d-]+$/iu

const isMixed = (word: string, isAddress: boolean) =>
  latin.test(word) || (isAddress && twins.test(word) && !/^[\d-]+$/.test(word))

/**
 * A text of one line, with what can't be seen as code points: `\u{202E}`.
 *
 * @category display
 */
export const escape = (text: string): string => text.replaceAll(unseen, escaped)

/**
 * The letters of the text that pass for Latin ones: of words that mix Latin letters with those of another script, and,
 * in an address, of labels made of look-alikes only. Each once, as `U+0430`.
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
 * A text of one line, escaped, and behind it the look-alikes in it: `аlice@example.com [U+0430]`.
 *
 * @category display
 */
export const line = (text: string): string => {
  const marks = lookalikes(text)
  return marks.length === 0 ? escape(text) : `${escape(text)} [${marks.join(" ")}]`
}

/**
 * A text of several lines, such as a body: tabs and line ends stay, look-alikes of mixed words are escaped where they
 * stand.
 *
 * @category display
 */
export const block = (text: string): string =>
  text
    .replaceAll("\r\n", "\n")
    .replaceAll(unseen, (letter) => (isLayout(letter) ? letter : escaped(letter)))
    .replaceAll(word, (one) => (latin.test(one) ? one.replaceAll(foreign, escaped) : one))

/**
 * JSON with the same value, in which characters that can't be seen are JSON's own escapes, so that no terminal obeys them.
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
