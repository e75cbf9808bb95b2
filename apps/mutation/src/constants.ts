/** Finds the constants of a module. They are evaluated once, so their mutants go to the places where they are used. */
import { type Node, type Program, visitorKeys } from "oxc-parser"

/** The place of an expression in the source. */
export interface Place {
  readonly start: number
  readonly end: number
  /** The name of a shorthand property. */
  readonly key?: string
}

export interface Constant {
  readonly start: number
  readonly end: number
  /** The places where it is used, and its definition if it is exported. */
  readonly uses: ReadonlyArray<Place>
}

/** The named numbers, durations and the like. */
export const constantsOf = (program: Program): ReadonlyArray<Constant> =>
  program.body.flatMap((statement) => {
    const isExported = statement.type === "ExportNamedDeclaration"
    const declaration = isExported ? statement.declaration : statement
    if (declaration?.type !== "VariableDeclaration" || declaration.kind !== "const") return []
    return declaration.declarations.flatMap(({ id, init }) => {
      if (id.type !== "Identifier" || init === null || !isPlain(init)) return []
      const found = usesOf(program, id.name, id.start)
      if (found === undefined) return []
      const { start, end } = init
      return [{ start, end, uses: isExported ? [{ start, end }, ...found] : found }]
    })
  })

/** Whether evaluating the expression again gives the same value. */
const isPlain = (node: Node): boolean => {
  switch (node.type) {
    case "Literal":
      return true
    case "UnaryExpression":
      return isPlain(node.argument)
    case "BinaryExpression":
      return isPlain(node.left) && isPlain(node.right)
    case "ArrayExpression":
      return node.elements.every((element) => element !== null && isPlain(element))
    case "CallExpression": {
      const { callee } = node
      const isDuration =
        callee.type === "MemberExpression" &&
        callee.object.type === "Identifier" &&
        callee.object.name === "Duration"
      return isDuration && node.arguments.every(isPlain)
    }
    default:
      return false
  }
}

/** The places where the name is used, or undefined if another variable may have the same name. */
const usesOf = (program: Program, name: string, definedAt: number): ReadonlyArray<Place> | undefined => {
  const uses: Array<Place> = []
  let isShadowed = false
  const visit = (node: Node, parent: Node | undefined): void => {
    if (node.type === "Identifier" && node.name === name && node.start !== definedAt) {
      const isName =
        (parent?.type === "MemberExpression" && parent.property === node && !parent.computed) ||
        (parent?.type === "Property" && parent.key === node && !parent.shorthand)
      const isBinding = /^VariableDeclarator$|Pattern$|Function/.test(parent?.type ?? "")
      if (isBinding && !(parent?.type === "VariableDeclarator" && parent.init === node)) isShadowed = true
      else if (parent?.type === "Property" && parent.shorthand) {
        if (parent.value === node) uses.push({ start: node.start, end: node.end, key: name })
      } else if (!isName) uses.push({ start: node.start, end: node.end })
    }
    for (const child of childrenOf(node)) visit(child, node)
  }
  visit(program, undefined)
  return isShadowed ? undefined : uses
}

/** The nodes directly below, without types. */
export const childrenOf = (node: Node): ReadonlyArray<Node> =>
  (visitorKeys[node.type] ?? [])
    .flatMap((key): unknown => Reflect.get(node, key))
    .filter(isNode)
    .filter(({ type }) => !type.startsWith("TS") || /^TS(As|Satisfies|NonNull)Expression$/.test(type))

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && "start" in value
