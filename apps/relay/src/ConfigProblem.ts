/**
 * What is wrong with a configuration, in words: where, why, and what was probably meant. Values are never shown: they
 * may be secrets that stand where a name should.
 */
import { SchemaAST, SchemaIssue } from "effect"

/** A sentence for each problem, with its path. */
export const describe = (
  issue: SchemaIssue.Issue,
  path: ReadonlyArray<PropertyKey> = []
): ReadonlyArray<string> => {
  switch (issue._tag) {
    case "Pointer":
      return describe(issue.issue, [...path, ...issue.path])
    case "Encoding":
      return describe(issue.issue, path)
    case "Composite":
      return issue.issues.flatMap((inner) => describe(inner, path))
    case "AnyOf":
      if (issue.issues.length > 0) return issue.issues.flatMap((inner) => describe(inner, path))
      break
    case "UnexpectedKey":
      return [`${at(path)}: unknown key; ${suggest(String(path.at(-1)), keysOf(issue.ast))}`]
  }
  return format(issue).issues.map(({ message, path: below = [] }) => `${at([...path, ...below])}: ${message}`)
}

/** What to write in place of a word that is none of the known ones. */
export const suggest = (word: string, known: ReadonlyArray<string>): string => {
  const meant = nearest(word, known)
  return meant === undefined ? `known are ${known.join(", ")}` : `did you mean ${meant}?`
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const at = (path: ReadonlyArray<unknown>) => path.map(String).join(".") || "(the whole file)"

const keysOf = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  SchemaAST.isObjects(ast) ? ast.propertySignatures.map(({ name }) => String(name)) : []

const nearest = (word: string, known: ReadonlyArray<string>): string | undefined => {
  const furthest = Math.min(word.length - 1, Math.max(2, Math.floor(word.length / 3)))
  const near = known
    .map((candidate) => ({ candidate, edits: editsBetween(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= furthest)
  return near.toSorted((a, b) => a.edits - b.edits)[0]?.candidate
}

/** Levenshtein's distance, a row at a time. */
const editsBetween = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, edits) => edits)
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1]
    for (const [column, other] of [...to].entries()) {
      const [diagonal = 0, above = 0] = row.slice(column)
      next.push(Math.min(above + 1, (next[column] ?? 0) + 1, diagonal + (letter === other ? 0 : 1)))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
