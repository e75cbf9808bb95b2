/** What is wrong with an expression, as far as it can be seen without evaluating it. */
import { Predicate } from "effect"
import jsonata from "jsonata"
import { inexactLiteral } from "./library.ts"

export interface Wrong {
  readonly detail: string
  /** In characters from the beginning. */
  readonly position?: number
}

/** Undefined where nothing is. */
export const wrongWith = (expression: string): Wrong | undefined => {
  let tree: unknown
  try {
    tree = jsonata(expression).ast()
  } catch (cause) {
    const { code, message, ...where } = thrown(cause)
    return { detail: `${code} ${message}`, ...where }
  }
  const literal = inexactLiteral(tree, expression)
  if (literal !== undefined) {
    const { digits, position } = literal
    const detail = `${digits} is too large for an exact number: compare it as text, "${digits}",`
    return { detail, position }
  }
  return unknownCall(tree)
}

export interface Thrown {
  readonly code: string
  readonly message: string
  readonly position?: number
}

/** JSONata throws plain objects. */
const thrown = (cause: unknown): Thrown => ({
  code: Predicate.hasProperty(cause, "code") ? String(cause.code) : "Error",
  message: Predicate.hasProperty(cause, "message") ? String(cause.message) : "of an unknown kind",
  ...(Predicate.hasProperty(cause, "position") && typeof cause.position === "number"
    ? { position: cause.position }
    : {})
})

/**
 * The functions of JSONata 2.2 and of the relay.
 */
const functions = new Set(
  [
    "abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl decodeUrlComponent",
    "distinct each encodeUrl encodeUrlComponent error eval exists filter floor formatBase formatInteger formatNumber",
    "fromMillis join keys length lookup lowercase map match max merge millis min not now number pad parse parseInteger",
    "power random reduce replace reverse round shuffle sift single sort split spread sqrt string substring",
    "substringAfter substringBefore sum toMillis trim type uppercase zip"
  ].flatMap((line) => line.split(" "))
)

interface Node {
  readonly type?: unknown
  readonly value?: unknown
  readonly position?: unknown
  readonly procedure?: Node
  readonly lhs?: Node
  readonly rhs?: Node
  readonly steps?: ReadonlyArray<Node>
  readonly arguments?: ReadonlyArray<Node>
  readonly focus?: unknown
  readonly index?: unknown
}

/** A call of what is neither a function nor bound anywhere in the expression: it fails whatever the body is. */
const unknownCall = (tree: unknown): Wrong | undefined => {
  const nodes = nodesOf(tree)
  const bound = new Set(nodes.flatMap(namesBoundBy))
  for (const node of nodes) {
    const callee =
      node.type === "function" || node.type === "partial"
        ? node.procedure
        : node.type === "apply" && node.rhs?.type === "variable"
          ? node.rhs
          : undefined
    const { position } = node
    const where = typeof position === "number" ? { position } : {}
    const [field, ...others] = callee?.type === "path" ? (callee.steps ?? []) : []
    if (field?.type === "name" && others.length === 0) {
      const name = String(field.value)
      const meant = functions.has(name) ? `: did you mean $${name}?` : ""
      return { detail: `${name} is a field, and can't be called${meant}`, ...where }
    }
    if (callee?.type === "variable" && !functions.has(String(callee.value)) && !bound.has(callee.value)) {
      return { detail: `there is no function $${String(callee.value)}`, ...where }
    }
  }
  return undefined
}

const namesBoundBy = (node: Node): ReadonlyArray<unknown> => [
  node.focus,
  node.index,
  ...(node.type === "bind" ? [node.lhs?.value] : []),
  ...(node.type === "lambda" ? (node.arguments ?? []).map(({ value }) => value) : [])
]

/** All objects of a tree, each once. */
const nodesOf = (tree: unknown): ReadonlyArray<Node> => {
  const seen = new Set<object>()
  const left: Array<unknown> = [tree]
  while (left.length > 0) {
    const node = left.pop()
    if (typeof node !== "object" || node === null || seen.has(node)) continue
    seen.add(node)
    left.push(...Object.values(node))
  }
  return [...seen]
}
