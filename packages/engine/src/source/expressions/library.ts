/**
 * Functions of the relay for expressions. They are printed into the bare context of the expressions, so each is
 * self-contained: it uses nothing from outside of the function, and nothing of Node.
 */

/**
 * Parses JSON like `ExactJson.parse`: a number beyond ±(2^53 - 1) becomes the text of its digits. Numbers are quoted
 * before parsing, because a reviver of `JSON.parse` overflows the stack on a deep body.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  if (!/\d(?:\d{15}|[eE]\+?\d)/.test(text)) return value
  const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
  let exact = ""
  let end = 0
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [written] = found
    const isLarge = !written.startsWith('"') && Math.abs(Number(written)) > Number.MAX_SAFE_INTEGER
    if (!isLarge) continue
    exact += `${text.slice(end, found.index)}"${written}"`
    end = token.lastIndex
  }
  return end === 0 ? value : JSON.parse(exact + text.slice(end))
}

/** The first integer in an expression's tree that a number can't represent exactly, as written in the expression. */
export function inexactLiteral(
  tree: unknown,
  expression: string
): { readonly digits: string; readonly position: number } | undefined {
  const left: Array<unknown> = [tree]
  const seen = new Set<unknown>()
  for (let node = left.pop(); node !== undefined || left.length > 0; node = left.pop()) {
    if (typeof node !== "object" || node === null || seen.has(node)) continue
    seen.add(node)
    const fields: { type?: unknown; value?: unknown; position?: unknown } = node
    const { type, value, position } = fields
    if (type === "number" && typeof position === "number" && Math.abs(Number(value)) >= 2 ** 53) {
      // The position is the literal's end.
      const [digits = ""] = /\d+$/.exec(expression.slice(Math.max(0, position - 400), position)) ?? []
      if (!Number.isSafeInteger(Number(digits))) return { digits, position }
    }
    for (const inner of Object.values(node)) left.push(inner)
  }
  return undefined
}
