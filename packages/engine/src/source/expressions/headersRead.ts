/** Finds the headers that an expression reads. */
import { type Node, nodesOf } from "./tree.ts"

export interface Reading {
  /** In lower case. */
  readonly names: ReadonlyArray<string>
  /** Whether it may read other headers, too: it computes a name, or uses the headers as a whole. */
  readonly isComputed: boolean
}

/** How many levels of `$eval` are read. Deeper ones count as computed. */
const maxDepth = 3

/** The expression must compile. */
export const headersRead = (expression: string, depth = 0): Reading => {
  const names = new Set<string>()
  /** Nodes of `$headers` and `$eval` whose header names are known. */
  const named = new Set<unknown>()
  let isComputed = false
  const nodes = nodesOf(expression)
  const read = (headers: unknown, name: unknown) => {
    named.add(headers)
    names.add(String(name).toLowerCase())
  }
  for (const node of nodes) {
    for (const [index, step] of (node.steps ?? []).entries()) {
      const next = node.steps?.[index + 1]
      if (isHeaders(step) && next?.type === "name" && next.ancestor === undefined) read(step, next.value)
    }
    const [first, second] = node.arguments ?? []
    if (isCallOf(node, "lookup") && isHeaders(first) && second?.type === "string") read(first, second.value)
    if (isCallOf(node, "eval")) {
      const inner = first?.type === "string" ? readLater(first.value, depth) : unknown
      for (const name of inner.names) names.add(name)
      isComputed ||= inner.isComputed
      named.add(node.procedure)
    }
  }
  const isWhole = (node: Node) =>
    node.type === "variable" && /^(?:headers|eval)$/.test(String(node.value)) && !named.has(node)
  return { names: [...names].toSorted(), isComputed: isComputed || nodes.some(isWhole) }
}

const unknown: Reading = { names: [], isComputed: true }

const readLater = (expression: unknown, depth: number): Reading => {
  if (depth >= maxDepth) return unknown
  try {
    return headersRead(String(expression), depth + 1)
  } catch {
    return unknown
  }
}

/** `$headers` alone. With a filter, a group or a binding after it, the expression uses the headers as a whole. */
const isHeaders = (node: Node | undefined): boolean =>
  node?.type === "variable" &&
  node.value === "headers" &&
  Object.keys(node).every((key) => key === "type" || key === "value" || key === "position")

const isCallOf = ({ type, procedure }: Node, name: string): boolean =>
  type === "function" && procedure?.type === "variable" && procedure.value === name
