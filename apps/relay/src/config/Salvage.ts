/**
 * Salvages the valid sections and entries of a file that is not valid YAML. Invalid entries are cut out, so that the same
 * run reports the problems of the others.
 */
import { Result } from "effect"
import { type Document, parse } from "./Document.ts"
import type { Problem } from "./Problem.ts"

export interface Salvaged {
  /** The problems of the parts that were cut out. */
  readonly problems: ReadonlyArray<Problem>
  /** The rest. Undefined if nothing is left. */
  readonly document: Document | undefined
  /** The paths of the parts that were cut out. */
  readonly lost: ReadonlyArray<ReadonlyArray<string>>
}

/** Lines of the file that start with a key. */
interface Part {
  readonly key: ReadonlyArray<string>
  readonly from: number
  /** Exclusive. */
  readonly to: number
}

/** Sections whose entries are parsed one by one. */
const divided = new Set(["spots", "sources"])

export const salvage = (text: string, problems: ReadonlyArray<Problem>): Salvaged => {
  const lines = text.split(/\r?\n/)
  const parts = partsOf(lines)
  const found: Array<Problem> = []
  const lost = new Set<Part>()
  for (const part of parts) {
    // Parsed alone: an error in one part may show in the next.
    const errors = errorsIn(lines, part)
    if (errors.length === 0) continue
    found.push(...errors)
    lost.add(part)
  }
  // Errors between parts, such as a duplicate key.
  for (let rounds = 0; rounds <= parts.length; rounds++) {
    const kept = parts.filter((part) => !lost.has(part))
    const read = parse(only(lines, kept).join("\n"))
    if (Result.isSuccess(read) && found.length > 0)
      return { problems: found, document: read.success, lost: [...lost].map(({ key }) => key) }
    if (Result.isSuccess(read)) break
    const guilty = kept.filter(({ from, to }) =>
      read.failure.some(({ line = 0 }) => line > from && line <= to)
    )
    found.push(...(kept.length === 0 ? [] : read.failure))
    if (guilty.length === 0) break
    for (const part of guilty) lost.add(part)
  }
  return { problems: found.length === 0 ? problems : found, document: undefined, lost: [] }
}

/** An alias may refer to another part: errors without a line are left to the whole file. */
const errorsIn = (lines: ReadonlyArray<string>, part: Part): ReadonlyArray<Problem> => {
  const read = parse(only(lines, [part]).join("\n"))
  if (Result.isSuccess(read)) return []
  // The parser reports an unclosed bracket at the end of the text.
  const last = lines.slice(0, part.to).findLastIndex(isText) + 1
  return read.failure.flatMap((problem) =>
    problem.line === undefined ? [] : [{ ...problem, line: Math.min(problem.line, last) }]
  )
}

/** Keeps the lines of these parts and empties the others, so that line numbers stay the same. */
const only = (lines: ReadonlyArray<string>, parts: ReadonlyArray<Part>): ReadonlyArray<string> =>
  lines.map((line, index) => (parts.some(({ from, to }) => index >= from && index < to) ? line : ""))

const partsOf = (lines: ReadonlyArray<string>): ReadonlyArray<Part> =>
  cut(lines, 0, lines.length, 0, []).flatMap((section) => {
    const [key = ""] = section.key
    if (!divided.has(key)) return [section]
    const first = lines.findIndex((line, index) => index > section.from && index < section.to && isText(line))
    const indent = first === -1 ? 0 : indentOf(lines[first] ?? "")
    if (indent === 0 || !/:\s*(?:#.*)?$/.test(lines[section.from] ?? "")) return [section]
    const head: Part = { key: section.key, from: section.from, to: section.from + 1 }
    return [head].concat(cut(lines, section.from + 1, section.to, indent, section.key))
  })

/** Cuts at keys with this indentation. */
const cut = (
  lines: ReadonlyArray<string>,
  from: number,
  to: number,
  indent: number,
  above: ReadonlyArray<string>
): ReadonlyArray<Part> => {
  const starts: Array<number> = []
  for (let index = from; index < to; index++) {
    const line = lines[index] ?? ""
    if (isText(line) && indentOf(line) === indent && /^\s*(?:[\w$-]+|"[^"]*"|'[^']*')\s*:/.test(line))
      starts.push(index)
  }
  const parts = starts.map((start, index) => ({
    key: [...above, (/[\w$-]+/.exec(lines[start] ?? "") ?? [""])[0]],
    from: start,
    to: starts[index + 1] ?? to
  }))
  // Lines before the first key are a part of their own.
  return [{ key: above, from, to: starts[0] ?? to }, ...parts].filter((part) => part.from < part.to)
}

const isText = (line: string): boolean => /^\s*[^\s#]/.test(line)

const indentOf = (line: string): number => line.length - line.trimStart().length
