/** A small fault that can be planted in a file. */
import type { Place } from "./constants.ts"

/** A part of a source text, and what stands there instead. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** An edit, the expression around it that can be exchanged as a whole, and the places where it is. */
export interface Fault extends Edit {
  readonly within: { readonly start: number; readonly end: number }
  readonly places: ReadonlyArray<Place>
}

/** A fault with what identifies it while the file around it changes. */
export interface Mutant extends Fault {
  /** Numbered within its file, from 1. */
  readonly id: number
  /** The number of its first line, for people. */
  readonly line: number
  /** Its first line, trimmed. */
  readonly at: string
  /** What it replaces, with enough around it to be found in its line. */
  readonly from: string
  readonly to: string
}

/** Fault by fault in the order of the source, each once. */
export const mutantsOf = (source: string, faults: ReadonlyArray<Fault>): ReadonlyArray<Mutant> => {
  const sorted = faults.toSorted((a, b) => a.start - b.start || a.end - b.end)
  const distinct = new Map(sorted.map((fault) => [`${fault.start} ${fault.end} ${fault.text}`, fault]))
  return [...distinct.values()].map((fault, index) => {
    const lineStart = source.lastIndexOf("\n", fault.start - 1) + 1
    const lineEnd = source.indexOf("\n", fault.start)
    const [start, end] = neighbours(source, fault)
    return Object.assign({}, fault, {
      id: index + 1,
      line: source.slice(0, fault.start).split("\n").length,
      at: source.slice(lineStart, lineEnd === -1 ? undefined : lineEnd).trim(),
      from: short(source.slice(start, end)),
      to: short(source.slice(start, fault.start) + fault.text + source.slice(fault.end, end))
    })
  })
}

/** A short edit with the word on each side: `<` alone says little. */
const neighbours = (source: string, { start, end }: Edit): readonly [start: number, end: number] => {
  if (end - start > 12) return [start, end]
  const before = /\S* ?$/.exec(source.slice(source.lastIndexOf("\n", start - 1) + 1, start))?.[0] ?? ""
  const after = /^ ?\S*/.exec(source.slice(end).split("\n", 1)[0] ?? "")?.[0] ?? ""
  return [start - before.length, end + after.length]
}

const longest = 120

const short = (text: string) => {
  const line = text.replaceAll(/\s+/g, " ").trim()
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`
}
