/** Which headers an expression reads, as far as its tree says it. */
import { Predicate } from "effect"
import jsonata from "jsonata"

export interface Reading {
  /** In lower case. */
  readonly names: ReadonlyArray<string>
  /** Whether it may read others as well: it computes a name, or takes the headers as a whole. */
  readonly isComputed: boolean
}

/** An expression in an expression in an expression: deeper ones count as computed. */
const maxDepth = 3

/** The expression has to be one that compiles. */
export const headersRead = (expression: string, depth = 0): Reading => {
  const names = new Set<string>()
  /** Nodes of `$headers` beside which the name stands. */
  const named = new Set<unknown>()
  let isComputed = false
  const found = nodesOf(jsonata(expression).ast())
  const read = (headers: unknown, name: unknown) => {
    named.add(headers)
    names.add(String(name).toLowerCase())
  }
  for (const node of found) {
    for (const [index, step] of listOf(node["steps"]).entries()) {
      const next = listOf(node["steps"])[index + 1]
      const isPlain = fieldOf(next, "type") === "name" && fieldOf(next, "ancestor") === undefined
      if (isHeaders(step) && isPlain) read(step, fieldOf(next, "value"))
    }
    const [first, second] = listOf(node["arguments"])
    const isText = fieldOf(second, "type") === "string"
    if (isCallOf(node, "lookup") && isHeaders(first) && isText) read(first, fieldOf(second, "value"))
    if (isCallOf(node, "eval")) {
      const inner = fieldOf(first, "type") === "string" ? readLater(fieldOf(first, "value"), depth) : unknown
      for (const name of inner.names) names.add(name)
      isComputed ||= inner.isComputed
      named.add(node["procedure"])
    }
  }
  const whole = (node: Node) =>
    node["type"] === "variable" && /^(?:headers|eval)$/.test(String(node["value"])) && !named.has(node)
  return { names: [...names].toSorted(), isComputed: isComputed || found.some(whole) }
}

type Node = Readonly<Record<string, unknown>>

const unknown: Reading = { names: [], isComputed: true }

const readLater = (expression: unknown, depth: number): Reading => {
  if (depth >= maxDepth) return unknown
  try {
    return headersRead(String(expression), depth + 1)
  } catch {
    return unknown
  }
}

const listOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

const fieldOf = (node: unknown, name: string): unknown =>
  Predicate.hasProperty(node, name) ? node[name] : undefined

/** `$headers` alone: a filter, a group or a binding behind it takes the headers as a whole. */
const isHeaders = (node: unknown): boolean =>
  fieldOf(node, "type") === "variable" &&
  fieldOf(node, "value") === "headers" &&
  Object.keys(Object(node)).every((key) => key === "type" || key === "value" || key === "position")

const isCallOf = (node: Node, name: string): boolean =>
  node["type"] === "function" &&
  fieldOf(node["procedure"], "type") === "variable" &&
  fieldOf(node["procedure"], "value") === name

/** All objects of a tree, each once. */
const nodesOf = (tree: unknown): ReadonlyArray<Node> => {
  const seen = new Set<Node>()
  const left: Array<unknown> = [tree]
  while (left.length > 0) {
    const node = left.pop()
    if (!Predicate.isObjectOrArray(node)) continue
    const record: Node = Object(node)
    if (seen.has(record)) continue
    seen.add(record)
    left.push(...Object.values(record))
  }
  return [...seen]
}
