/**
 * What is wrong with a configuration, in words: where, unless it is the whole, why, and what was probably meant.
 * Values are never shown: they may be secrets that stand where a name should.
 */
import { Effect, SchemaAST, SchemaIssue } from "effect"
import { suggest } from "../suggest.ts"

export interface Problem {
  /** Keys and indices from the root of the file. */
  readonly path: ReadonlyArray<PropertyKey>
  readonly reason: string
}

/** Where problems are noted, so that the rest is looked at all the same and one start shows them all. */
export interface Problems {
  readonly note: (path: ReadonlyArray<PropertyKey>, reason: string) => Effect.Effect<void>
}

/** Collects in this array. */
export const collect = (found: Array<Problem>): Problems => ({
  note: (path, reason) => Effect.sync(() => void found.push({ path, reason }))
})

/** Notes what is below a path, so that a section of the file need not know where it stands. */
export const below = (problems: Problems, ...above: ReadonlyArray<PropertyKey>): Problems => ({
  note: (path, reason) => problems.note([...above, ...path], reason)
})

/** A sentence, with its path. */
export const format = ({ path, reason }: Problem): string =>
  path.length === 0 ? reason : `${path.map(String).join(".")}: ${reason}`

/** What a schema found, each by itself. */
export const fromIssue = (
  issue: SchemaIssue.Issue,
  path: ReadonlyArray<PropertyKey> = []
): ReadonlyArray<Problem> => {
  switch (issue._tag) {
    case "Pointer":
      return fromIssue(issue.issue, [...path, ...issue.path])
    case "Encoding":
      return fromIssue(issue.issue, path)
    case "Composite":
      return issue.issues.flatMap((inner) => fromIssue(inner, path))
    case "AnyOf":
      if (issue.issues.length > 0) return issue.issues.flatMap((inner) => fromIssue(inner, path))
      break
    case "UnexpectedKey":
      return [{ path, reason: `unknown key; ${suggest(String(path.at(-1)), keysOf(issue.ast))}` }]
  }
  return standard(issue).issues.map(({ message, path: inner = [] }) => ({
    path: [...path, ...inner.map((segment) => (typeof segment === "object" ? segment.key : segment))],
    reason: message
  }))
}

/** What a schema found, a sentence for each. */
export const describe = (issue: SchemaIssue.Issue): ReadonlyArray<string> => fromIssue(issue).map(format)

const standard = SchemaIssue.makeFormatterStandardSchemaV1()

const keysOf = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  SchemaAST.isObjects(ast) ? ast.propertySignatures.map(({ name }) => String(name)) : []
