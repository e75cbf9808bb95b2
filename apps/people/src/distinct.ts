/** Recognizes people who were named before. */
import { Invitation } from "@usher/core"

/** The number of people to remember, about 100 bytes each. Later people always count as new. */
const maxPeople = 2_000_000

/** Adds a person. False if the person was added before. */
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

const [encoder, decoder] = [new TextEncoder(), new TextDecoder()]

/** A copy of a text. A slice of the file would keep the whole chunk in memory. */
const copied = (text: string) => decoder.decode(encoder.encode(text))
