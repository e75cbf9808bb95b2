/** The syntax tree that JSONata makes of an expression. */
import jsonata from "jsonata"

export interface Node {
  readonly type?: unknown
  readonly value?: unknown
  readonly position?: unknown
  readonly ancestor?: unknown
  readonly procedure?: Node
  readonly lhs?: Node
  readonly rhs?: Node
  readonly steps?: ReadonlyArray<Node>
  readonly arguments?: ReadonlyArray<Node>
  readonly focus?: unknown
  readonly index?: unknown
}

/** All objects in the tree of an expression, each once. Throws what JSONata throws if the expression does not compile. */
export const nodesOf = (expression: string): ReadonlyArray<Node> => {
  const seen = new Set<object>()
  const left: Array<unknown> = [jsonata(expression).ast()]
  while (left.length > 0) {
    const node = left.pop()
    if (typeof node !== "object" || node === null || seen.has(node)) continue
    seen.add(node)
    left.push(...Object.values(node))
  }
  return [...seen]
}
