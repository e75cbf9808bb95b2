/** Whether a person was named before, for millions of people: 16 bytes each, whatever the length of their addresses. */
import { Invitation } from "@usher/core"
import { hash } from "node:crypto"

/** The command remembers so many people; later ones count as new. */
const maxPeople = 5_000_000

/** 128 bits of a hash, in four words of the table. */
const words = 4

/** Adds a person; false if the same person was added before. */
export type Distinct = (member: string) => boolean

export const make = (): Distinct => {
  let slots = 1 << 12
  let table = new Int32Array(slots * words)
  let people = 0

  /** The place of these words, or the free one where they belong. */
  const placeOf = (into: Int32Array, a: number, b: number, c: number, d: number) => {
    const mask = into.length / words - 1
    let slot = a & mask
    for (;;) {
      const at = slot * words
      if (into[at] === a && into[at + 1] === b && into[at + 2] === c && into[at + 3] === d) return at
      if (isFree(into, at)) return at
      slot = (slot + 1) & mask
    }
  }

  const grow = () => {
    const larger = new Int32Array(table.length * 2)
    for (let at = 0; at < table.length; at += words) {
      if (isFree(table, at)) continue
      const [a = 0, b = 0, c = 0, d = 0] = table.subarray(at, at + words)
      larger.set(table.subarray(at, at + words), placeOf(larger, a, b, c, d))
    }
    table = larger
    slots *= 2
  }

  return (member) => {
    const digest = hash("sha256", Invitation.memberKey(member), "buffer")
    // The last word is never zero, so that a place of zeros is free.
    const [a, b, c, d] = [0, 4, 8, 12].map((at) => digest.readInt32LE(at))
    return add(a ?? 0, b ?? 0, c ?? 0, (d ?? 0) | 1)
  }

  function add(a: number, b: number, c: number, d: number): boolean {
    const at = placeOf(table, a, b, c, d)
    if (!isFree(table, at)) return false
    if (people >= maxPeople) return true
    table.set([a, b, c, d], at)
    if (++people * 2 > slots) grow()
    return true
  }
}

const isFree = (table: Int32Array, at: number) => table[at + words - 1] === 0
