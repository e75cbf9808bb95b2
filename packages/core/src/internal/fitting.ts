/** How many members a bulk call may have: what was too large or was not answered lowers it, what works raises it again. */

/** Answered calls of the current size, after which twice as many members are tried. */
const patience = 20

export interface Fit {
  /** At most, in a call that begins now. */
  readonly size: () => number
  /** A call with so many members was answered. */
  readonly works: (members: number) => void
  /** A call was not answered, while a single one is: whatever worked before says nothing any more. */
  readonly begin: () => void
  /** A call with so many members was not answered, while a smaller one was. */
  readonly fails: (members: number) => void
  /** A call with so many members was refused as too large: no later one has as many. */
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
      if (size >= chunkSize || members < size || ++answered < patience) return
      answered = 0
      size = Math.min(chunkSize, size * 2)
    },
    begin: () => {
      largest = 1
    },
    fails: (members) => {
      answered = 0
      // Fewer than were answered before: it is a member's doing, and not that of the size.
      if (members > largest) size = Math.min(size, Math.max(largest, Math.ceil(members / 2)))
    },
    limit: (members) => {
      limit = Math.min(limit, Math.ceil(members / 2))
    }
  }
}
