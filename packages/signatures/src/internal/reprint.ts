/**
 * The same JSON as other programs print it, token by token: numbers, the order of keys and repeated keys stay unchanged, where
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

/** Every other known way, one after the other, each text once. The text has to be JSON. */
export function* reprint(json: string): Generator<Print> {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? []
  const seen = new Set([sha256Hex(utf8(json))])
  for (const [inStrings, write] of strings) {
    const written = tokens.map((token) => (token.startsWith('"') ? write(token) : token))
    for (const [inSpace, layout] of layouts) {
      const printed = print(written, layout)
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

/** How strings are written. */
const strings: ReadonlyArray<readonly [how: string, write: (token: string) => string]> = [
  ["", (token) => token],
  ["with no more escapes than are needed", plain],
  // Python, Ruby on Rails.
  ["with \\u escapes instead of characters beyond ASCII", ascii],
  // PHP.
  ["with escaped slashes", (token) => plain(token).replaceAll("/", "\\/")],
  ["with escaped slashes and \\u escapes", (token) => ascii(token).replaceAll("/", "\\/")],
  // Go.
  ["with \\u escapes of &, < and >", (token) => plain(token).replaceAll(/[&<>\u2028\u2029]/g, unicode)]
]

/** The token with the white space around it. `depth` counts the open brackets, without this token's own. */
type Layout = (token: string, depth: number, before: string | undefined, after: string | undefined) => string

/** `undefined` if the text would be too long. */
const print = (tokens: ReadonlyArray<string>, layout: Layout): string | undefined => {
  let [text, depth] = ["", 0]
  for (const [index, token] of tokens.entries()) {
    if (isClosing(token)) depth--
    text += layout(token, depth, tokens[index - 1], tokens[index + 1])
    if (isOpening(token)) depth++
    if (text.length > maxPrint) return undefined
  }
  return text
}

const indented =
  (unit: string): Layout =>
  (token, depth, before, after) => {
    const line = `\n${unit.repeat(depth)}`
    if (token === ":") return ": "
    if (token === ",") return token + line
    if (isOpening(token)) return isClosing(after) ? token : token + line + unit
    return isClosing(token) && !isOpening(before) ? line + token : token
  }

const isOpening = (token: string | undefined): boolean => token === "{" || token === "["
const isClosing = (token: string | undefined): boolean => token === "}" || token === "]"

/** The white space between the tokens. */
const layouts: ReadonlyArray<readonly [how: string, layout: Layout]> = [
  ["without the white space between its tokens", (token) => token],
  ["with a space after each comma and colon", (token) => (/^[,:]$/.test(token) ? `${token} ` : token)],
  ["indented by two spaces", indented("  ")],
  ["indented by four spaces", indented("    ")],
  ["indented by tabs", indented("\t")]
]
