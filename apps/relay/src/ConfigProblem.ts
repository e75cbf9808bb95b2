/**
 * What is wrong with a configuration, in words: where, unless it is the whole, why, and what was probably meant.
 * Values are never shown: they may be secrets that stand where a name should.
 */
import { SchemaAST, SchemaIssue } from "effect"
import { suggest } from "./suggest.ts"

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
      return [`${at(path)}unknown key; ${suggest(String(path.at(-1)), keysOf(issue.ast))}`]
  }
  return format(issue).issues.map(({ message, path: below = [] }) => `${at([...path, ...below])}${message}`)
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const at = (path: ReadonlyArray<unknown>) => (path.length === 0 ? "" : `${path.map(String).join(".")}: `)

const keysOf = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  SchemaAST.isObjects(ast) ? ast.propertySignatures.map(({ name }) => String(name)) : []
