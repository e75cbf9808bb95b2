/** The adaptive size of bulk calls: a call that is too large or not answered lowers it, answered calls raise it again. */

/** Answered calls of the current size after which the size is doubled. */
const minAnswers = 20

export interface Fit {
  /** The maximum number of members in the next call. */
  readonly size: () => number
  /** A call with `members` members was answered. */
  readonly works: (members: number) => void
  /** A call was not answered, but a single one was: sizes that worked before no longer count. */
  readonly begin: () => void
  /** A call with `members` members was not answered, but a smaller one was. */
  readonly fails: (members: number) => void
  /** A call with `members` members was refused as too large: later calls are smaller. */
  readonly limit: (members: number) => void
}

export const fitting = (chunkSize: number): Fit => {
  let limit = chunkSize
  let size = chunkSize
  let largest = 0
  let answered = 0
  return {
    size: () => Math.min(size, limit),
    works: (members) => {
      largest = Math.max(largest, members)
      size = Math.max(size, members)
      if (size >= chunkSize || members < size || ++answered < minAnswers) return
      answered = 0
      size = Math.min(chunkSize, size * 2)
    },
    begin: () => {
      largest = 1
    },
    fails: (members) => {
      answered = 0
      // A larger call was answered before, so a member is the cause, and not the size.
      if (members > largest) size = Math.min(size, Math.max(largest, Math.ceil(members / 2)))
    },
    limit: (members) => {
      limit = Math.min(limit, Math.ceil(members / 2))
    }
  }
}
