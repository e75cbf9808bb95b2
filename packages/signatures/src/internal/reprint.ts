/**
 * The same JSON as others print it, token by token: numbers, the order of keys and repeated keys stay as they came, where
 * `JSON.parse` would change them. Used by the diagnosis only.
 */
import { sha256Hex, utf8 } from "./crypto.ts"

/** One way of printing, in words, and the text. */
export interface Print {
  readonly how: string
  readonly text: string
}

/** Characters of one print: indentation makes a small body long. */
const maxPrint = 262_144

/** Every other way that is known, one after the other, each text once. The text has to be JSON. */
export function* reprint(json: string): Generator<Print> {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? []
  const seen = new Set([sha256Hex(utf8(json))])
  for (const [inStrings, write] of strings) {
    const written = tokens.map((token) => (token.startsWith('"') ? write(token) : token))
    for (const [inSpace, layout] of layouts) {
      const printed = layout(written)
      if (printed === undefined) continue
      for (const [atEnd, end] of ends) {
        const text = printed + end
        const digest = sha256Hex(utf8(text))
        if (seen.has(digest)) continue
        seen.add(digest)
        yield { how: [inSpace, inStrings, atEnd].filter((part) => part !== "").join(", "), text }
      }
    }
  }
}

const ends = [
  ["", ""],
  ["with a newline at the end", "\n"]
] as const

const unicode = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`
const plain = (token: string): string => JSON.stringify(JSON.parse(token))
const ascii = (token: string): string => plain(token).replaceAll(/[\u007f-\uffff]/g, unicode)
const slashed = (token: string): string => plain(token).replaceAll("/", "\\/")

/** How strings are written. */
const strings: ReadonlyArray<readonly [how: string, write: (token: string) => string]> = [
  ["", (token) => token],
  ["with no more escapes than are needed", plain],
  // Python, Ruby on Rails.
  ["with \\u escapes instead of characters beyond ASCII", ascii],
  // PHP.
  ["with escaped slashes", slashed],
  ["with escaped slashes and \\u escapes", (token) => ascii(token).replaceAll("/", "\\/")],
  // Go.
  ["with \\u escapes of &, < and >", (token) => plain(token).replaceAll(/[&<>\u2028\u2029]/g, unicode)]
]

/** `undefined`: the text would be too long. */
type Layout = (tokens: ReadonlyArray<string>) => string | undefined

const bounded =
  (write: (token: string, index: number, tokens: ReadonlyArray<string>) => string): Layout =>
  (tokens) => {
    let text = ""
    for (const [index, token] of tokens.entries()) {
      text += write(token, index, tokens)
      if (text.length > maxPrint) return undefined
    }
    return text
  }

const compact: Layout = bounded((token) => token)

const spaced: Layout = bounded((token) => (token === "," || token === ":" ? `${token} ` : token))

const indented =
  (unit: string): Layout =>
  (tokens) => {
    let depth = 0
    const line = () => `\n${unit.repeat(depth)}`
    return bounded((token, index) => {
      if (token === ":") return ": "
      if (token === ",") return `,${line()}`
      const isEmpty = isOpening(tokens[index - 1]) && isClosing(token)
      if (isOpening(token)) depth++
      if (isClosing(token)) depth--
      if (isOpening(token)) return isClosing(tokens[index + 1]) ? token : token + line()
      return isClosing(token) && !isEmpty ? line() + token : token
    })(tokens)
  }

const isOpening = (token: string | undefined): boolean => token === "{" || token === "["
const isClosing = (token: string | undefined): boolean => token === "}" || token === "]"

/** The white space between the tokens. */
const layouts: ReadonlyArray<readonly [how: string, layout: Layout]> = [
  ["without the white space between its tokens", compact],
  ["with a space after each comma and colon", spaced],
  ["indented by two spaces", indented("  ")],
  ["indented by four spaces", indented("    ")],
  ["indented by tabs", indented("\t")]
]
