/** Constants of a module. They are evaluated once, so that a switch in them comes too late: it goes to where they are used. */
import { type Node, type Program, visitorKeys } from "oxc-parser"

/** A place in the source where an expression stands. */
export interface Place {
  readonly start: number
  readonly end: number
  /** Of a property that has the name of its value. */
  readonly key?: string
}

export interface Constant {
  readonly start: number
  readonly end: number
  /** Where it is used, and where it is defined if other modules use it too. */
  readonly uses: ReadonlyArray<Place>
}

/** Numbers, durations and the like that a module names. */
export const constantsOf = (program: Program): ReadonlyArray<Constant> =>
  program.body.flatMap((statement) => {
    const isExported = statement.type === "ExportNamedDeclaration"
    const declaration = isExported ? statement.declaration : statement
    if (declaration?.type !== "VariableDeclaration" || declaration.kind !== "const") return []
    return declaration.declarations.flatMap(({ id, init }) => {
      if (id.type !== "Identifier" || init === null || !isPlain(init)) return []
      const found = usesOf(program, id.name, id.start)
      if (found === undefined) return []
      return [
        {
          start: init.start,
          end: init.end,
          uses: isExported ? [{ start: init.start, end: init.end }, ...found] : found
        }
      ]
    })
  })

/** Evaluated again it is the same. */
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

/** Undefined if the name may stand for something else somewhere. */
const usesOf = (program: Program, name: string, definedAt: number): ReadonlyArray<Place> | undefined => {
  const uses: Array<Place> = []
  let isShadowed = false
  const visit = (node: Node, parent: Node | undefined): void => {
    if (node.type.startsWith("TS") && !/^TS(As|Satisfies|NonNull)Expression$/.test(node.type)) return
    if (node.type === "Identifier" && node.name === name && node.start !== definedAt) {
      const isName =
        (parent?.type === "MemberExpression" && parent.property === node && !parent.computed) ||
        (parent?.type === "Property" && parent.key === node && !parent.shorthand)
      const isBinding =
        parent?.type === "VariableDeclarator" ||
        parent?.type === "AssignmentPattern" ||
        parent?.type === "ArrayPattern" ||
        parent?.type === "ObjectPattern" ||
        /Function/.test(parent?.type ?? "")
      if (isBinding && !(parent?.type === "VariableDeclarator" && parent.init === node)) isShadowed = true
      else if (parent?.type === "Property" && parent.shorthand) {
        if (parent.value === node) uses.push({ start: node.start, end: node.end, key: name })
      } else if (!isName) uses.push({ start: node.start, end: node.end })
    }
    for (const key of visitorKeys[node.type] ?? []) {
      const child: unknown = Reflect.get(node, key)
      for (const one of Array.isArray(child) ? child : [child]) if (isNode(one)) visit(one, node)
    }
  }
  visit(program, undefined)
  return isShadowed ? undefined : uses
}

export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && "start" in value
