/**
 * Parses JSON and keeps the digits of integers. `JSON.parse` rounds an integer beyond ±(2^53 − 1), which makes two ids equal. A
 * reviver recurses and overflows the stack at a few thousand levels, so the text is rewritten instead.
 */

/** A cheap test: matches every text with such an integer, and some without one. */
const mayHoldLarge = /\d(?:\d{15}|[eE]\+?\d)/

const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** Like `JSON.parse`, but an integer beyond ±(2^53 − 1) is the string of its digits as written. Throws on bad JSON. */
export const parseExact = (text: string): unknown => {
  const value: unknown = JSON.parse(text)
  if (!mayHoldLarge.test(text)) return value
  const quoted = quoteLarge(text)
  return quoted === undefined ? value : JSON.parse(quoted)
}

/** Puts the large integers of a JSON text in quotes; `undefined` if there are none. */
const quoteLarge = (text: string): string | undefined => {
  const pieces: Array<string> = []
  let copied = 0
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      at = endOfString(text, at)
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      number.lastIndex = at
      const digits = number.exec(text)?.[0] ?? "-"
      if (Math.abs(Number(digits)) > Number.MAX_SAFE_INTEGER) {
        pieces.push(text.slice(copied, at), `"${digits}"`)
        copied = at + digits.length
      }
      at += digits.length
    } else {
      at += 1
    }
  }
  if (copied === 0) return undefined
  pieces.push(text.slice(copied))
  return pieces.join("")
}

/** The index after the closing quote of the string that starts at `start`. */
export const endOfString = (text: string, start: number): number => {
  let end = text.indexOf('"', start + 1)
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end + 1
}

const isEscaped = (text: string, at: number): boolean => {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes += 1
  return backslashes % 2 === 1
}
