/**
 * Suggestions for an unknown word.
 */
import { closestMatch } from "leven"

/**
 * A phrase that suggests a known word.
 *
 * @category constructors
 */
export const suggest = (word: string, known: ReadonlyArray<string>): string => {
  const meant = nearest(word, known)
  if (known.length === 0) return "none is known"
  return meant === undefined ? `known are ${known.join(", ")}` : `did you mean ${meant}?`
}

/** Longer words are not compared: that is slow, and they are no misspellings. */
const maxLength = 64

/**
 * The nearest known word: one that starts with the word, or differs by at most two letters or a third of them.
 *
 * @category accessors
 */
export const nearest = (word: string, known: ReadonlyArray<string>): string | undefined => {
  if (word.length > maxLength) return undefined
  const letters = word.toLowerCase()
  const inLowerCase = new Map(known.map((candidate) => [candidate.toLowerCase(), candidate]))
  const candidates = [...inLowerCase.keys()]
  const maxDistance = Math.min(letters.length - 1, Math.max(2, Math.floor(letters.length / 3)))
  const close = maxDistance > 0 ? closestMatch(letters, candidates, { maxDistance }) : undefined
  const begun = letters.length > 2 ? candidates.find((candidate) => candidate.startsWith(letters)) : undefined
  return inLowerCase.get(close ?? begun ?? "")
}
