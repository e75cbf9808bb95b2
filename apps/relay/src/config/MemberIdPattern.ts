/**
 * `spots.<name>.memberId`: a pattern for Spot member ids. It runs on untrusted texts, and JavaScript's regular expressions
 * backtrack: a pattern is accepted only if its number of ways to match is bounded.
 */
import { Result } from "effect"

/** The maximum length of a pattern. */
const maxLength = 200

/** The maximum length of an id. */
const maxId = 320

/** Enough for two open-ended repetitions. */
const maxWays = 200_000

const tooMany =
  "the pattern may be too slow on a long text: don't repeat a group that repeats or has alternatives"

/** Compiles a pattern. Fails with the problem. */
export const compile = (text: string): Result.Result<RegExp, string> => {
  if (text.length > maxLength) return Result.fail(`longer than ${maxLength} characters`)
  return Result.try({
    try: () => {
      const pattern = new RegExp(text, "u")
      const ways = waysOf(text)
      if (ways > maxWays)
        throw new Refused(ways === Infinity ? tooMany : `${tooMany}; use at most two of * and +`)
      // V8 compiles a pattern at its first use.
      pattern.test("")
      return pattern
    },
    catch: (cause) => (cause instanceof Refused ? cause.message : "invalid regular expression")
  })
}

class Refused extends Error {}

/** The maximum number of ways to match a text. Expects a well-formed pattern. */
const waysOf = (pattern: string): number => {
  let at = 0

  const alternatives = (): number => {
    let ways = sequence()
    while (pattern[at] === "|") {
      at++
      ways += sequence()
    }
    return ways
  }

  const sequence = (): number => {
    let ways = 1
    while (at < pattern.length && pattern[at] !== "|" && pattern[at] !== ")") ways *= repeated(atom())
    return ways
  }

  const atom = (): number => {
    const letter = pattern[at++]
    if (letter === "\\") escape()
    if (letter === "[") while (pattern[at++] !== "]") if (pattern[at - 1] === "\\") at++
    if (letter !== "(") return 1
    const head = /^(?:\?:|\?<\w+>)?(?!\?)/.exec(pattern.slice(at))
    if (head === null) throw new Refused("lookaround and modifiers are not supported: remove them")
    at += head[0].length
    const ways = alternatives()
    at++
    return ways
  }

  const escape = () => {
    const letter = pattern[at++] ?? ""
    if (/[1-9k]/.test(letter)) throw new Refused("backreferences are not supported: remove them")
    if (/[pPu]/.test(letter) && pattern[at] === "{") at = pattern.indexOf("}", at) + 1
  }

  const repeated = (ways: number): number => {
    const [found, least, comma, most] = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})/.exec(pattern.slice(at)) ?? [undefined]
    if (found === undefined) return ways
    at += found.length
    if (pattern[at] === "?") at++
    const from = found === "+" ? 1 : Number(least ?? 0)
    const to =
      found === "?"
        ? 1
        : found === "*" || found === "+" || (comma === "," && most === "")
          ? maxId
          : Number(most || from)
    if (Math.max(from, to) > maxId)
      throw new Refused(`it repeats more than ${maxId} times, which is longer than any id`)
    return ways === 1 ? to - from + 1 : from === to ? ways ** to : Infinity
  }

  return alternatives()
}
