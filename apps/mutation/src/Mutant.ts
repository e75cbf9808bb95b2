/** Small faults that can be planted in a file. */
import type { Place } from "./constants.ts"

/** A part of a source text, and its replacement. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** An edit, the expression around it that can be exchanged as a whole, and the places of that expression. */
export interface Fault extends Edit {
  readonly within: { readonly start: number; readonly end: number }
  readonly places: ReadonlyArray<Place>
}

/** A fault with its number and its description. */
export interface Mutant extends Fault {
  /** Its number within the file, from 1. */
  readonly id: number
  readonly line: number
  /** The replaced text, with enough around it to find it in its line. */
  readonly from: string
  readonly to: string
}

/** The part of the source from `from` to `to`, with the edit applied. */
export const applied = (
  source: string,
  { start, end, text }: Edit,
  { start: from, end: to } = { start: 0, end: source.length }
) => source.slice(from, start) + text + source.slice(end, to)

/** Numbers the faults in the order of the source, without duplicates. */
export const mutantsOf = (source: string, faults: ReadonlyArray<Fault>): ReadonlyArray<Mutant> => {
  const sorted = faults.toSorted((a, b) => a.start - b.start || a.end - b.end)
  const distinct = new Map(sorted.map((fault) => [`${fault.start} ${fault.end} ${fault.text}`, fault]))
  return [...distinct.values()].map((fault, index) => {
    const around = neighbours(source, fault)
    return Object.assign({}, fault, {
      id: index + 1,
      line: source.slice(0, fault.start).split("\n").length,
      from: short(source.slice(around.start, around.end)),
      to: short(applied(source, fault, around))
    })
  })
}

/** Adds the word on each side to a short edit: `<` alone says little. */
const neighbours = (source: string, { start, end }: Edit) => {
  if (end - start > 12) return { start, end }
  const before = /\S* ?$/.exec(source.slice(source.lastIndexOf("\n", start - 1) + 1, start))?.[0] ?? ""
  const after = /^ ?\S*/.exec(source.slice(end).split("\n", 1)[0] ?? "")?.[0] ?? ""
  return { start: start - before.length, end: end + after.length }
}

const longest = 120

const short = (text: string) => {
  const line = text.replaceAll(/\s+/g, " ").trim()
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`
}
