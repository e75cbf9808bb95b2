/** Finds out how deeply JSON is nested, without parsing it. */
import { endOfString } from "./exactJson.ts"

/** Whether more than so many brackets are open at one place. Works on any text. */
export const isDeeper = (json: string, levels: number): boolean => {
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === quote) at = endOfString(json, at) - 1
    else if (code === squareOpen || code === curlyOpen) {
      depth += 1
      if (depth > levels) return true
    } else if (code === squareClose || code === curlyClose) depth -= 1
  }
  return false
}

/** Up to this many characters, parsing is as cheap as this check. */
const small = 65_536

const deepest = 5_000

/** Whether a text takes far longer to parse than its length suggests. No sender nests so deeply. */
export const isCostly = (json: string): boolean => json.length > small && isDeeper(json, deepest)

const quote = 0x22
const [squareOpen, squareClose, curlyOpen, curlyClose] = [0x5b, 0x5d, 0x7b, 0x7d]
