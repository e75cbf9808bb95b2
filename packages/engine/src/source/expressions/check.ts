/** Finds mistakes in an expression without evaluating it. */
import { inexactLiteral } from "./library.ts"
import { type Node, nodesOf } from "./tree.ts"

export interface Wrong {
  readonly detail: string
  /** The position in characters, from the start. */
  readonly position?: number
}

/** The first mistake, if there is one. */
export const wrongWith = (expression: string): Wrong | undefined => {
  try {
    const nodes = nodesOf(expression)
    const literal = inexactLiteral(nodes[0], expression)
    if (literal === undefined) return unknownCall(nodes)
    const { digits, position } = literal
    return {
      detail: `${digits} is too large for an exact number: compare it as text, "${digits}",`,
      position
    }
  } catch (thrown) {
    // JSONata throws plain objects.
    const { code = "Error", message = "of an unknown kind", position } = Object(thrown)
    return { detail: `${code} ${message}`, ...(typeof position === "number" ? { position } : {}) }
  }
}

/** The functions of JSONata 2.2 and of the relay. */
const functions = new Set(
  [
    "abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl decodeUrlComponent",
    "distinct each encodeUrl encodeUrlComponent error eval exists filter floor formatBase formatInteger formatNumber",
    "fromMillis join keys length lookup lowercase map match max merge millis min not now number pad parse parseInteger",
    "power random reduce replace reverse round shuffle sift single sort split spread sqrt string substring",
    "substringAfter substringBefore sum toMillis trim type uppercase zip"
  ].flatMap((line) => line.split(" "))
)

/** Finds a call of a name that is neither a function nor bound in the expression. It fails with any body. */
const unknownCall = (nodes: ReadonlyArray<Node>): Wrong | undefined => {
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
