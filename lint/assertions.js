/** A rule for tests: nothing that is missing may end a test before its assertions. */

const isFunction = ({ type }) => /Function/.test(type)

/** `expect(…)`, `assert.…(…)`, and helpers that are named so. What only fails is no assertion that could be skipped. */
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
  "Where this is so, the assertion is skipped and the test passes. Fail instead (Effect.fromNullishOr, assert), or filter the cases before the tests are made."

export default {
  meta: { name: "assertions" },
  rules: {
    "no-skipped": {
      create(context) {
        /** Of each function around, the `if (…) return` that came so far. */
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
