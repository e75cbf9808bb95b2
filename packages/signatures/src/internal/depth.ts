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
