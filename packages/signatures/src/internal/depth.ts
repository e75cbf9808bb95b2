/** How deeply JSON is nested, told without parsing it. */

/** Whether more than so many brackets are open at one place. Text that is no JSON gives some answer, too. */
export const isDeeper = (json: string, levels: number): boolean => {
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === quote) at = endOfString(json, at)
    else if (code === squareOpen || code === curlyOpen) {
      depth += 1
      if (depth > levels) return true
    } else if (code === squareClose || code === curlyClose) depth -= 1
  }
  return false
}

/** Up to this many characters, parsing costs no more than a look. */
const small = 65_536

const deepest = 5_000

/** Whether a text costs much more to parse than its length says. No sender nests so deeply: few could print it. */
export const isCostly = (json: string): boolean => json.length > small && isDeeper(json, deepest)

const [quote, backslash] = [0x22, 0x5c]
const [squareOpen, squareClose, curlyOpen, curlyClose] = [0x5b, 0x5d, 0x7b, 0x7d]

const endOfString = (json: string, start: number): number => {
  for (let at = start + 1; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === quote) return at
    if (code === backslash) at++
  }
  return json.length
}
