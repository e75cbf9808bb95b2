/** A lint rule for tests: a missing value must not end a test before its assertions. */

const isFunction = ({ type }) => /Function/.test(type)

/** `expect(…)`, `assert.…(…)`, and helpers with such names. A call that only fails is not an assertion that could be skipped. */
const isAssertion = ({ callee }) => {
  if (callee.type === "MemberExpression" && /^(?:fail|unreachable)$/.test(callee.property.name)) return false
  const root = callee.type === "MemberExpression" ? callee.object : callee
  return root.type === "Identifier" && /^(?:expect|assert)/.test(root.name)
}

const isNothing = (node) => node.name === "undefined" || (node.type === "Literal" && node.value === null)

/** `x === undefined`, `x !== null` and the like. */
const asksWhetherMissing = (test) =>
  test.type === "BinaryExpression" && (isNothing(test.left) || isNothing(test.right))

const isBareReturn = (statement) =>
  (statement.type === "ReturnStatement" && statement.argument === null) ||
  (statement.type === "BlockStatement" && statement.body.some(isBareReturn))

const message =
  "If this holds, the test passes without its assertion. Fail instead (Effect.fromNullishOr, assert), or filter the cases before you create the tests."

export default {
  meta: { name: "assertions" },
  rules: {
    "no-skipped": {
      create(context) {
        /** The `if (…) return` so far, for each enclosing function. */
        const guards = []
        const enter = () => void guards.push([])
        const leave = () => void guards.pop()
        return {
          FunctionDeclaration: enter,
          FunctionExpression: enter,
          ArrowFunctionExpression: enter,
          "FunctionDeclaration:exit": leave,
          "FunctionExpression:exit": leave,
          "ArrowFunctionExpression:exit": leave,
          IfStatement(node) {
            if (isBareReturn(node.consequent)) guards.at(-1)?.push(node)
          },
          CallExpression(node) {
            if (!isAssertion(node)) return
            for (const guard of guards.flat()) context.report({ node: guard.test, message })
            for (const around of guards) around.length = 0
            for (let child = node; child.parent && !isFunction(child); child = child.parent) {
              const { type, test, consequent, alternate } = child.parent
              if (type === "IfStatement" && consequent === child && !alternate && asksWhetherMissing(test))
                context.report({ node: test, message })
            }
          }
        }
      }
    }
  }
}
