/** Parses a configuration file (YAML, and thus JSON), and finds the line of each part. */
import { Predicate, Result } from "effect"
import {
  type Document as Yaml,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLError
} from "yaml"
import { type Path, type Problem, whole } from "./Problem.ts"

export interface Document {
  readonly value: unknown
  /** Adds the line of its path to a problem, or of the nearest existing parent. */
  readonly place: (problem: Problem) => Problem
}

/** Parses YAML. Fails with problems if it is invalid or empty; errors that follow from the first one are left out. */
export const parse = (text: string): Result.Result<Document, ReadonlyArray<Problem>> => {
  const lines = new LineCounter()
  const yaml = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    logLevel: "silent"
  })
  const lineAt = (offset: number) => lines.linePos(offset).line
  const errors = [...yaml.errors, ...yaml.warnings]
    .filter(({ code }, index) => index === 0 || code !== "UNEXPECTED_TOKEN")
    .map((error) => ({ line: lineAt(error.pos[0]), path: [], reason: reasonOf(error, text) }))
  if (errors.length > 0) {
    return Result.fail(
      errors.filter(({ line }, index) => errors.findIndex((other) => other.line === line) === index)
    )
  }
  if (isScalar(yaml.contents) && typeof yaml.contents.value === "string") {
    return Result.fail([whole("the file has no keys: write a colon and a space after each key")])
  }
  if (yaml.contents === null) return Result.fail([whole("the file is empty: it needs spots and sources")])
  const place = (problem: Problem): Problem => {
    const offset = offsetOf(yaml, problem.path)
    return offset === undefined ? problem : { ...problem, line: lineAt(offset) }
  }
  return Result.try({
    try: () => ({ value: yaml.toJS({ maxAliasCount: 100 }), place }),
    catch: (cause) => [
      whole(Predicate.isError(cause) ? unquoted(cause.message) : "the file is no valid YAML")
    ]
  })
}

const reasonOf = ({ code, message, pos: [start] }: YAMLError, text: string): string => {
  if (text.startsWith("${", start - 1)) return "${…} is not replaced in this file: write { env: NAME }"
  if (code === "BAD_SCALAR_START") return `${message}: put the value in quotes`
  return reasons[code] ?? unquoted(message)
}

const reasons: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "duplicate key: remove one of the two",
  TAB_AS_INDENT: "a tab in the indentation: YAML requires spaces",
  MULTIPLE_DOCS: "a second YAML document starts here: a configuration is a single document",
  BLOCK_AS_IMPLICIT_KEY: "put a value with a colon and a space in quotes, or fix the indentation",
  BAD_DQ_ESCAPE: "invalid escape sequence: put the value in single quotes"
}

/** Removes what the parser quotes from the file (after a colon, a tag or a directive), which may be a secret. */
const unquoted = (message: string): string => message.replace(/(?<! ):\s.*$|\s*[!%]\S.*$/s, "")

const offsetOf = (yaml: Yaml, path: Path): number | undefined => {
  let offset: number | undefined
  let node: unknown = yaml.contents
  for (const segment of path) {
    if (isAlias(node)) node = node.resolve(yaml)
    const pair = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value) === segment)
      : undefined
    const next: unknown = isSeq(node) ? node.items[Number(segment)] : pair?.value
    const start = pair?.key ?? next
    if (!isNode(start)) break
    offset = start.range?.[0] ?? offset
    node = next
  }
  return offset
}
