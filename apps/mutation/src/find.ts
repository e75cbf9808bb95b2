/** Finds the faults that can be planted in a TypeScript file. */
import { type Node, parseSync } from "oxc-parser"
import { codeFaults, isLogging } from "./code.ts"
import { childrenOf, constantsOf } from "./constants.ts"
import { type Fault, type Mutant, mutantsOf } from "./Mutant.ts"

/** Finds all mutants. The same text always has the same mutants. */
export const find = (path: string, source: string): ReadonlyArray<Mutant> => {
  const { program, errors } = parseSync(path, source, { sourceType: "module" })
  if (errors.length > 0) throw new Error(`${path} can't be parsed: ${errors[0]?.message}`)
  const constants = constantsOf(program)
  const faults: Array<Fault> = []
  walk(program, [], (node, parents) => {
    for (const edit of codeFaults(source, node, parents[0])) {
      const constant = constants.find(({ start, end }) => start <= edit.start && edit.end <= end)
      const { start, end } = constant ?? exchangeable(node, parents)
      const within = { start, end }
      faults.push({ ...edit, within, places: constant?.uses ?? [within] })
    }
  })
  return mutantsOf(source, faults)
}

/** The places where a statement starts with an expression: the code before may end without a semicolon. */
export const statements = (path: string, source: string): ReadonlyArray<number> => {
  const starts: Array<number> = []
  walk(parseSync(path, source, { sourceType: "module" }).program, [], (node, [parent]) => {
    if (node.type === "ExpressionStatement" && parent !== undefined && lists.has(parent.type)) {
      starts.push(node.start)
    }
  })
  return starts
}

const lists = new Set(["Program", "BlockStatement", "FunctionBody", "StaticBlock", "SwitchCase"])

/** Visits each node with its parents, the nearest first. Skips types and log messages. */
const walk = (
  node: Node,
  parents: ReadonlyArray<Node>,
  visit: (node: Node, parents: ReadonlyArray<Node>) => void
): void => {
  if (isLogging(node)) return
  visit(node, parents)
  for (const child of childrenOf(node)) walk(child, [node, ...parents], visit)
}

/** The smallest expression around a node that can be exchanged: not a method without its object, nor a link of a `?.` chain. */
const exchangeable = (node: Node, parents: ReadonlyArray<Node>): Node => {
  const [parent, ...further] = parents
  if (parent === undefined) return node
  const chain = parents.findIndex(({ type }) => type === "ChainExpression")
  const links = chain === -1 ? [] : parents.slice(0, chain)
  const isLink = links.every((one, index) => {
    const inner = index === 0 ? node : links[index - 1]
    return (
      (one.type === "MemberExpression" && one.object === inner) ||
      (one.type === "CallExpression" && one.callee === inner) ||
      one.type === "TSNonNullExpression"
    )
  })
  const whole = chain === -1 ? undefined : parents[chain]
  if (whole !== undefined && isLink && node.type !== "ChainExpression") {
    return exchangeable(whole, parents.slice(chain + 1))
  }
  const isCalled =
    parent.type === "CallExpression" && parent.callee === node && node.type === "MemberExpression"
  const isTemplate = parent.type === "TaggedTemplateExpression"
  return isCalled || isTemplate ? exchangeable(parent, further) : node
}
