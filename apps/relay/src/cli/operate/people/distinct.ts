/** Whether a person was named before. */
import { Invitation } from "@usher/core"

/** So many people are remembered; later ones count as new. About 100 bytes each. */
const maxPeople = 2_000_000

/** Adds a person; false if the same person was added before. */
export type Distinct = (member: string) => boolean

export const make = (limit = maxPeople): Distinct => {
  const seen = new Set<string>()
  return (member) => {
    const key = Invitation.memberKey(member)
    if (seen.has(key)) return false
    if (seen.size < limit) seen.add(copied(key))
    return true
  }
}

/** A text cut out of the file keeps the whole piece that it was cut from. */
const copied = (text: string) => Buffer.from(text).toString()
