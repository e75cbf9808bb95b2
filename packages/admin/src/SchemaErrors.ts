/**
 * Schema issues as sentences, one for each mistake: of a union only the member that was probably meant, and a misspelled key
 * is not also reported as missing.
 */
import { Predicate, SchemaAST, SchemaIssue } from "effect"
import { nearest, suggest } from "./Suggest.ts"

type Path = ReadonlyArray<string>

/**
 * One mistake: keys and indices from the root to where it is, and the reason as a sentence.
 *
 * @category models
 */
export interface Problem {
  /** Keys and indices from the root of the value; empty for the whole. */
  readonly path: Path
  /** The mistake as a sentence, which quotes no value. */
  readonly reason: string
}

/**
 * The mistakes behind an issue. If the value is given, a reason names the kind of the actual value.
 *
 * @category accessors
 */
export const find = (issue: SchemaIssue.Issue, value?: unknown, path: Path = []): ReadonlyArray<Problem> => {
  switch (issue._tag) {
    case "Pointer":
      return find(issue.issue, issue.path.reduce(valueIn, value), [...path, ...issue.path.map(String)])
    case "Encoding":
      return inEncoding(issue, value, path)
    case "Composite":
      return withoutMisspelt(issue.issues).flatMap((inner) => find(inner, value, path))
    case "AnyOf":
      return inUnion(issue, value, path)
    case "UnexpectedKey":
      return [{ path, reason: unexpected(path.at(-1) ?? "", issue.ast) }]
    case "MissingKey":
      return [{ path, reason: missing(issue) }]
    case "InvalidType":
      return [{ path, reason: expected(issue) + instead(issue.ast, value) }]
    default:
      return standard(issue).issues.map(({ message, path: inner = [] }) => ({
        path: [
          ...path,
          ...inner.map((segment) => String(typeof segment === "object" ? segment.key : segment))
        ],
        reason: message
      }))
  }
}

const standard = SchemaIssue.makeFormatterStandardSchemaV1()

const valueIn = (value: unknown, key: PropertyKey): unknown =>
  Predicate.hasProperty(value, key) ? value[key] : undefined

const keysOf = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  SchemaAST.isObjects(ast) ? ast.propertySignatures.map(({ name }) => String(name)) : []

const unexpected = (key: string, ast: SchemaAST.AST): string => {
  const keys = keysOf(ast)
  if (keys.length > 0) return `unknown key; ${suggest(key, keys)}`
  const names = SchemaAST.isObjects(ast)
    ? ast.indexSignatures[0]?.parameter.checks?.[0].annotations?.expected
    : ""
  return `Expected ${typeof names === "string" ? names : "another name"}`
}

/** A transformation may have a message for both of its sides. */
const inEncoding = (issue: SchemaIssue.Encoding, value: unknown, path: Path): ReadonlyArray<Problem> => {
  const message = SchemaAST.resolve(issue.ast)?.["message"]
  return typeof message === "string"
    ? [{ path, reason: message + (isOfType(issue.issue) ? instead(issue.ast, value) : "") }]
    : find(issue.issue, value, path)
}

/** Without the missing keys that have a misspelled twin: that is one mistake. */
const withoutMisspelt = (issues: ReadonlyArray<SchemaIssue.Issue>): ReadonlyArray<SchemaIssue.Issue> => {
  const meant = new Set(
    issues.map((issue) =>
      issue._tag === "Pointer" && issue.issue._tag === "UnexpectedKey"
        ? nearest(String(issue.path[0]), keysOf(issue.issue.ast))
        : undefined
    )
  )
  return issues.filter(
    (issue) =>
      !(issue._tag === "Pointer" && issue.issue._tag === "MissingKey" && meant.has(String(issue.path[0])))
  )
}

const inUnion = (issue: SchemaIssue.AnyOf, value: unknown, path: Path): ReadonlyArray<Problem> => {
  const words = wordsOf(issue.ast)
  if (words !== undefined && typeof value === "string") return [unknownWord(value, words, path)]
  const tag = tagOf(issue.ast)
  if (tag !== undefined && issue.issues.length === 0 && Predicate.isObject(value)) {
    return [unknownWord(valueIn(value, tag.key), tag.words, [...path, tag.key])]
  }
  // A member that fails deeper inside has the intended shape.
  const [best, next] = issue.issues
    .map((member) => find(member, value, path))
    .filter((problems) => problems.every((problem) => problem.path.length > path.length))
    .map((problems) => ({
      problems,
      total: problems.length,
      // Of two with as many problems, the one whose own keys are right.
      near: problems.filter((problem) => problem.path.length === path.length + 1).length
    }))
    .toSorted((one, other) => one.total - other.total || one.near - other.near)
  return best !== undefined && (best.total !== next?.total || best.near !== next.near)
    ? best.problems
    : [{ path, reason: expected(issue) + (isOfOtherKind(issue, value) ? instead(issue.ast, value) : "") }]
}

/** Whether no member of the union takes a value of this kind: a wrong word is not told that it is text. */
const isOfOtherKind = ({ ast, issues }: SchemaIssue.AnyOf, value: unknown): boolean =>
  issues.every(isOfType) && !takesKind(SchemaAST.toEncoded(ast), value)

const takesKind = (ast: SchemaAST.AST, value: unknown): boolean => {
  if (SchemaAST.isUnion(ast)) return ast.types.some((member) => takesKind(member, value))
  if (SchemaAST.isObjects(ast)) return Predicate.isObject(value)
  if (SchemaAST.isArrays(ast)) return Array.isArray(value)
  if (SchemaAST.isLiteral(ast)) return typeof ast.literal === typeof value
  return SchemaAST.isString(ast) && typeof value === "string"
}

const isOfType = ({ _tag }: SchemaIssue.Issue) => _tag === "InvalidType"

const unknownWord = (word: unknown, known: ReadonlyArray<string>, path: Path): Problem => ({
  path,
  reason: `${word === undefined ? "missing" : "not known"}; ${suggest(typeof word === "string" ? word : "", known)}`
})

/** The words of a union that consists of literals only. */
const wordsOf = ({ types }: SchemaAST.Union): ReadonlyArray<string> | undefined => {
  const words = types.map(wordOf).filter((word) => word !== undefined)
  return words.length === types.length ? words : undefined
}

const wordOf = (ast: SchemaAST.AST) =>
  SchemaAST.isLiteral(ast) && typeof ast.literal === "string" ? ast.literal : undefined

/** The key whose literal distinguishes the members of a union. */
const tagOf = ({ types }: SchemaAST.Union) => {
  const members = types
    .filter(SchemaAST.isObjects)
    .map(
      ({ propertySignatures }) =>
        new Map(propertySignatures.map(({ name, type }) => [String(name), wordOf(type)]))
    )
  const key = [...(members[0]?.keys() ?? [])].find((key) =>
    members.every((member) => member.get(key) !== undefined)
  )
  return key === undefined || members.length < types.length
    ? undefined
    : { key, words: members.map((member) => member.get(key) ?? "") }
}

const uncapitalized = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

const missing = ({ annotations }: SchemaIssue.MissingKey): string =>
  annotations?.description === undefined ? "missing" : `missing: ${uncapitalized(annotations.description)}`

const plain: Readonly<Record<string, string>> = {
  "Expected string": "Expected text",
  "Expected boolean": "Expected true or false",
  "Expected number": "Expected a number",
  "Expected object": "Expected keys with values",
  "Expected array": "Expected a list"
}

/** The message of the schema, or else its type. */
const expected = (issue: SchemaIssue.AnyOf | SchemaIssue.InvalidType): string => {
  const leaf = issue._tag === "AnyOf" ? new SchemaIssue.AnyOf(issue.ast, []) : issue
  const [{ message } = { message: "" }] = standard(leaf).issues
  return plain[message] ?? message
}

/** The kind of the actual value. */
const instead = (ast: SchemaAST.AST, value: unknown): string => {
  if (value === null) return ", but there is no value: check the indentation of the lines below"
  if (Array.isArray(value)) return ", not a list"
  switch (typeof value) {
    case "object":
      return ", not keys with values"
    case "string":
      return ", not text"
    case "number":
    case "bigint":
      return SchemaAST.isString(ast) ? ", not a number: put it in quotes" : ", not a number"
    case "boolean":
      return SchemaAST.isString(ast) ? ", not true or false: put it in quotes" : ", not true or false"
    default:
      return ""
  }
}
