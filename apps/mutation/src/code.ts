/** Faults in one node of the syntax tree. */
import type { CallExpression, Node } from "oxc-parser"
import type { Edit } from "./Mutant.ts"
import { isSql, sqlFaults } from "./sql.ts"

/** Finds the faults of an expression: those of its kind, and those of its statement. */
export const codeFaults = (source: string, node: Node, parent: Node | undefined): ReadonlyArray<Edit> =>
  onlyLogs(node) ? [] : [...placeFaults(node, parent), ...ownFaults(source, node, parent)]

/** Whether it is a statement that only logs, or a choice between two log messages. */
const onlyLogs = (node: Node): boolean => {
  if (node.type === "ConditionalExpression") return isLogging(node.consequent) && isLogging(node.alternate)
  return node.type === "YieldExpression" && node.argument !== null && isLogging(node.argument)
}

const becoming =
  ({ start, end }: Node) =>
  (text: string): Edit => ({ start, end, text })

/** Faults of the expression's place: a test that always or never holds, a statement that does nothing. */
const placeFaults = (node: Node, parent: Node | undefined): ReadonlyArray<Edit> => {
  const become = becoming(node)
  if (parent?.type === "IfStatement" && parent.test === node) return [become("true"), become("false")]
  if (parent?.type === "WhileStatement" && parent.test === node) return [become("false")]
  return parent?.type === "ExpressionStatement" && removable.has(node.type) ? [become("undefined")] : []
}

const ownFaults = (source: string, node: Node, parent: Node | undefined): ReadonlyArray<Edit> => {
  const text = ({ start, end }: Node) => source.slice(start, end)
  const become = becoming(node)
  const between = (left: Node, right: Node, operator: string, to: string): Edit => {
    const start = source.indexOf(operator, left.end)
    return { start, end: Math.min(start + operator.length, right.start), text: to }
  }
  switch (node.type) {
    case "BinaryExpression": {
      const { left, right, operator } = node
      if (operator === "+" && [left, right].some(isText)) return []
      // A whole test becomes true and false already, which says as much as its opposite.
      const isTest = isTestOf(node, parent)
      const to = operators.get(operator) ?? []
      return (isTest ? to.filter((other) => !isOpposite(operator, other)) : to).map((to) =>
        between(left, right, operator, to)
      )
    }
    case "LogicalExpression": {
      const { left, right } = node
      return [become(text(left)), become(text(right))]
    }
    case "UnaryExpression":
      return node.operator === "!" && !isTestOf(node, parent) ? [become(text(node.argument))] : []
    case "UpdateExpression":
      return [become(text(node).replace(/\+\+|--/, (operator) => (operator === "++" ? "--" : "++")))]
    case "AssignmentExpression": {
      const to = assignments.get(node.operator)
      return to === undefined ? [] : [between(node.left, node.right, node.operator, to)]
    }
    case "ConditionalExpression":
      return [become(text(node.consequent)), become(text(node.alternate))]
    case "Literal":
      return literalFaults(source, node, parent)
    case "TemplateLiteral": {
      const isMarked = parent?.type === "TaggedTemplateExpression" && /^sql\b/.test(text(parent.tag))
      return isMarked || (parent?.type !== "TaggedTemplateExpression" && isSql(text(node).slice(1)))
        ? sqlFaults(source, node.start + 1, node.end - 1, node.expressions)
        : []
    }
    case "CallExpression":
      return callFaults(source, node)
    default:
      return []
  }
}

/** Whether it is a log message, a span or an annotation, which promise nothing. */
export const isLogging = (node: Node): boolean => {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return false
  const { object, property } = node.callee
  if (property.type !== "Identifier") return false
  if (property.name === "pipe") return isLogging(object)
  const isEffects = object.type === "Identifier" && object.name === "Effect"
  return isEffects && /^(log|annotate|withSpan|withLogSpan|withTracerEnabled)/.test(property.name)
}

const operators: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ["<", ["<=", ">="]],
  ["<=", ["<", ">"]],
  [">", [">=", "<="]],
  [">=", [">", "<"]],
  ["===", ["!=="]],
  ["!==", ["==="]],
  ["+", ["-"]],
  ["-", ["+"]],
  ["*", ["/"]],
  ["/", ["*"]],
  ["%", ["*"]]
])

const isOpposite = (operator: string, other: string) =>
  operator.endsWith("==") ? other.endsWith("==") : /^[<>]/.test(operator) && operator[0] !== other[0]

const assignments = new Map([
  ["+=", "-="],
  ["-=", "+="],
  ["??=", "="],
  ["||=", "="]
])

const removable = new Set(["CallExpression", "YieldExpression", "AwaitExpression", "AssignmentExpression"])

const isText = (node: Node) =>
  node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node.value === "string")

const isTestOf = (node: Node, parent: Node | undefined) =>
  (parent?.type === "IfStatement" || parent?.type === "ConditionalExpression") && parent.test === node

const literalFaults = (
  source: string,
  node: Extract<Node, { type: "Literal" }>,
  parent: Node | undefined
): ReadonlyArray<Edit> => {
  const become = becoming(node)
  if (parent?.type === "Property" && (parent.key === node || isDiscard(parent.key))) return []
  if (typeof node.value === "boolean") return [become(String(!node.value))]
  if (typeof node.value === "number") {
    if (isSign(source, node)) return []
    if (parent?.type === "LogicalExpression") return []
    const isNamed = parent?.type === "VariableDeclarator" || parent?.type === "BinaryExpression"
    const lower = isNamed && node.value > 1 ? [become(String(node.value - 1))] : []
    return [become(String(node.value + 1)), ...lower]
  }
  if (typeof node.value !== "string") return []
  const duration = /^(\d+) (millis|seconds|minutes|hours|days|second|minute|hour|day)$/.exec(node.value)
  if (duration !== null) return [become(`"${Number(duration[1]) + 1} ${duration[2]}"`)]
  return parent?.type !== "ImportDeclaration" && isSql(node.value)
    ? sqlFaults(source, node.start + 1, node.end - 1, [])
    : []
}

/** Whether it is an option that drops results nobody reads. */
const isDiscard = (key: Node): boolean => key.type === "Identifier" && key.name === "discard"

/** Whether it is a result of a comparator: only its sign matters. */
const isSign = (source: string, { start, end }: Node): boolean =>
  (source.slice(0, start).endsWith("? -") && /^1 : 1\b/.test(source.slice(start))) ||
  (source.slice(0, start).endsWith("? -1 : ") && source.slice(start, end) === "1")

const methods = new Map([
  ["some", "every"],
  ["every", "some"]
])

const steps = new Set(["filter", "toSorted", "sort", "toReversed", "slice", "trim", "toLowerCase"])

const math = new Map([
  ["min", "max"],
  ["max", "min"],
  ["floor", "ceil"],
  ["ceil", "floor"],
  ["round", "ceil"]
])

const callFaults = (source: string, node: CallExpression): ReadonlyArray<Edit> => {
  const { callee, arguments: given } = node
  if (callee.type === "MemberExpression" && callee.property.type === "Identifier") {
    const { object, property } = callee
    const rename = (name: string | undefined): ReadonlyArray<Edit> =>
      name === undefined ? [] : [{ start: property.start, end: property.end, text: name }]
    if (object.type === "Identifier" && object.name === "Math") return rename(math.get(property.name))
    if (property.name === "pipe") return removals(source, given)
    if (object.type === "Identifier" && object.name === "Effect" && property.name.startsWith("fn")) {
      return removals(source, given.slice(1), given[0]?.end)
    }
    const isModule = object.type === "Identifier" && /^[A-Z]/.test(object.name)
    if (isModule || callee.optional) return []
    return steps.has(property.name)
      ? [{ start: object.end, end: node.end, text: "" }]
      : rename(methods.get(property.name))
  }
  if (callee.type === "Identifier" && (callee.name === "pipe" || callee.name === "flow")) {
    return removals(source, given.slice(1), given[0]?.end)
  }
  // Effect.fn("name")(body, ...steps)
  return callee.type === "CallExpression" ? removals(source, given.slice(1), given[0]?.end) : []
}

/** Removes each step of a pipe, except those that only log or only change a type. */
const removals = (source: string, steps: ReadonlyArray<Node>, after?: number): ReadonlyArray<Edit> =>
  steps.flatMap((step, index) => {
    const text = source.slice(step.start, step.end)
    if (/^(Effect\.(log|annotate|withSpan|withTracer|asVoid|orDie)|Layer\.)/.test(text)) return []
    const before = steps[index - 1]?.end ?? after
    return before === undefined
      ? [{ start: step.start, end: steps[index + 1]?.start ?? step.end, text: "" }]
      : [{ start: before, end: step.end, text: "" }]
  })
