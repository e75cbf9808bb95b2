/** Suggests known names for a misspelled one. */

/** A longer word is no misspelling, and is slow to compare. */
const maxLength = 64

/** The known name nearest to a word; `undefined` if none is near. */
export const nearest = (word: string, known: ReadonlyArray<string>): string | undefined => {
  if (word.length > maxLength) return undefined
  const letters = word.trim().toLowerCase()
  const maxDistance = Math.min(letters.length - 2, Math.max(2, Math.floor(letters.length / 3)))
  let found: string | undefined
  let least = Math.max(maxDistance, 0) + 1
  for (const name of known) {
    const distance = distanceOf(letters, name.toLowerCase())
    if (distance < least) [found, least] = [name, distance]
  }
  return found ?? (letters.length > 2 ? known.find((name) => isBegun(letters, name)) : undefined)
}

/** Suggests the nearest known name, or lists all of them. */
export const suggestion = (word: string, known: ReadonlyArray<string>): string => {
  const meant = nearest(word, known)
  return meant === undefined ? `known are ${known.join(", ")}` : `did you mean "${meant}"?`
}

const isBegun = (word: string, name: string): boolean => {
  const lower = name.toLowerCase()
  return lower.startsWith(word) || (lower.length > 2 && word.startsWith(lower))
}

/** The edit distance: insertions, deletions, substitutions and swaps of neighbors. */
const distanceOf = (a: string, b: string): number => {
  let before: ReadonlyArray<number> = []
  let row: ReadonlyArray<number> = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const isEqual = a[i - 1] === b[j - 1]
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (isEqual ? 0 : 1),
          isSwapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY
        )
      )
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
