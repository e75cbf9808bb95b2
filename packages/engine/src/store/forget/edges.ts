/**
 * Decides whether an address or an id in a text is complete and not part of a longer one. An escape next to it does not
 * count as an edge: its meaning is checked once it is decoded. Texts are in lower case.
 */
import { unescapeEntities } from "./entities.ts"

export interface Edges {
  readonly isStart: (text: string, at: number) => boolean
  readonly isEnd: (text: string, end: number) => boolean
}

/** More than the longest local part of an address. */
const maxRun = 200

/** Longer than any escape or entity. */
const maxEscape = 12

const letterAtEnd = /[\p{L}\p{M}\p{N}]$/u
const letterAtStart = /^[\p{L}\p{M}\p{N}]/u

/**
 * In `
 * ` before an address, the letter belongs to the escape.
 */
const openEscape = /(?:^|[^\\])(?:\\\\)*\\$/
const escapedLetter = /["'/bfnrtux\\]/

const entityAtEnd = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,6});$/
const escapeAtStart = /^(?:\\u[\da-f]{4}|\\x[\da-f]{2}|%u[\da-f]{4}|%[\da-f]{2})/

const isAfterEscape = (before: string, first: string) => {
  if (openEscape.test(before)) return escapedLetter.test(first)
  const entity = entityAtEnd.exec(before)?.[0]
  return entity !== undefined && unescapeEntities(entity) !== entity
}

const isBeforeEscape = (after: string) => {
  if (escapeAtStart.test(after)) return true
  return after.startsWith("&") && unescapeEntities(after)[0] !== "&"
}

/** The characters at the end that may belong to a local part, after a space or another mark. */
const run = /(?:^|[^\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-])([\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-]+)$/u

const address: Edges = {
  isStart: (text, at) => {
    const before = text.slice(Math.max(0, at - maxRun), at)
    if (isAfterEscape(before, text[at] ?? "") || letterAtEnd.test(before)) return false
    const isAfterLetter = letterAtEnd.test(before.slice(0, -1))
    const beside = run.exec(before)?.[1] ?? before
    switch (before.at(-1)) {
      case "_":
      case "+":
      case "-":
      case "~":
      case "%":
        return false
      case ".":
        // Dots alone are not part of an address.
        return /^\.+$/.test(beside)
      case "'":
        return !isAfterLetter
      case "=":
        // The name of a parameter. Otherwise the mark of a bounce address.
        return /(?:^|[?&])[\w.[\]-]+=$|^=+$/.test(beside)
      case "&":
        return !isAfterLetter || /[?=]/.test(beside)
      case "/":
        // A path or a URL.
        return !isAfterLetter || beside.startsWith("/")
    }
    return true
  },
  isEnd: (text, end) => {
    const after = text.slice(end, end + maxEscape)
    return !isBeforeEscape(after) && !letterAtStart.test(after) && !/^(?:\.|-+)[\p{L}\p{N}]/u.test(after)
  }
}

const id: Edges = {
  isStart: (text, at) => {
    const before = text.slice(Math.max(0, at - maxRun), at)
    return (
      !isAfterEscape(before.toLowerCase(), text[at]?.toLowerCase() ?? "") &&
      !letterAtEnd.test(before) &&
      !/(?:_|@|[\p{L}\p{N}][.-])$/u.test(before)
    )
  },
  isEnd: (text, end) => {
    const after = text.slice(end, end + maxEscape)
    return (
      !isBeforeEscape(after.toLowerCase()) &&
      !letterAtStart.test(after) &&
      !/^(?:_|@|[.-][\p{L}\p{N}])/u.test(after)
    )
  }
}

/** The edges of addresses, and of Spot member ids. */
export const edges = { address, id }
