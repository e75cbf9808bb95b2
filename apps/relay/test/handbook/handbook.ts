/** Reads a handbook: its sections, the sentences in them, its tables, and the commands that it shows. */
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../../../", import.meta.url))

/** The text of a file of the repository. */
export const read = (path: string) => readFileSync(root + path, "utf8")

const markdownIn = (folder: string) =>
  readdirSync(root + folder)
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`)

const chapters = markdownIn("docs/operations")

/** The pages of the handbook: the contents list and the chapters. */
export const pages: ReadonlyArray<string> = ["docs/operations.md", ...chapters]

/** All chapters of the handbook as one text. */
export const handbook = () => chapters.map(read).join("\n")

/** A sentence and its heading. */
export interface Sentence {
  readonly heading: string
  readonly text: string
}

const fence = /^```.*?^```$/gms

/** Links become their text, and emphasis goes; code stays as it is written. */
const plain = (text: string) =>
  text
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll("**", "")
    .replaceAll(/(?<=^|\s)_([^_]+)_/g, "$1")

/** A sentence ends with a mark that a space follows, and a capital or code. */
const sentencesOf = (text: string) => text.split(/(?<=[.!?][)"]?)\s+(?=["(]?(?:\p{Lu}|`))/u)

const isTable = (line: string) => line.startsWith("|")

/** The cells of a table's row; a pipe in code is escaped. */
const cellsOf = (line: string) =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll("\\|", "|"))

const isRule = (cells: ReadonlyArray<string>) => cells.every((cell) => /^:?-+:?$/.test(cell))

/** The rows of the tables whose first column has this name, without their heads. */
export const rowsOf = (markdown: string, column: string) => {
  const rows: Array<ReadonlyArray<string>> = []
  let isWanted = false
  for (const line of markdown.split("\n")) {
    if (!isTable(line)) isWanted = false
    else if (cellsOf(line)[0] === column) isWanted = true
    else if (isWanted && !isRule(cellsOf(line))) rows.push(cellsOf(line))
  }
  return rows
}

/**
 * Every sentence outside of code, each with its heading. A row of a table is a sentence or more; of a table with this
 * first column, the last column alone is.
 */
export const sentences = (markdown: string, column: string): ReadonlyArray<Sentence> => {
  const found: Array<Sentence> = []
  let [heading, previous, isKeys] = ["", "", false]
  const lines = markdown.replaceAll(fence, "").split("\n")
  for (const [index, line] of lines.entries()) {
    const title = /^#+ (.*)$/.exec(line)?.[1]
    if (title !== undefined) heading = title
    else if (isTable(line)) {
      const cells = cellsOf(line)
      const isHead = !isTable(previous)
      if (isHead) isKeys = cells[0] === column
      const told = (isKeys ? cells.slice(-1) : cells).join(": ")
      if (!isHead && !isRule(cells)) {
        found.push(...sentencesOf(plain(told)).map((text) => ({ heading, text })))
      }
    } else if (line.trim() !== "") {
      const text = line.trim().replace(/^(?:[-*]|\d+\.) /, "")
      found.push(...sentencesOf(plain(text)).map((part) => ({ heading, text: part })))
    }
    previous = lines[index] ?? ""
  }
  return found
}

const number = String.raw`(?:\d[\d,]*(?:\.\d+)?|two|three|four|five|six|seven|eight|nine|ten|half a|a quarter of a|a third)`
/** How long is said with an article, too: a second, an hour. */
const single = String.raw`(?:a|an|one)[ -](?:second|minute|hour|day)\b`
const unit = String.raw`(?:ms|milliseconds?|seconds?|minutes?|hours?|days?|bytes?|[kKMG]i?B|characters?|levels?|times|calls?|values|fields|texts?|addresses|invitations|deliveries|attempts|requests|entries|people|rows|rounds|signatures|random characters)`

/** An amount: a figure with its unit, or a figure of four digits and more. */
const figures = new RegExp(
  String.raw`(?<![\w.#/-])(?:${number}[ -]${unit}\b|${single}|\d{1,3}(?:,\d{3})+|\d+ %)`,
  "gu"
)

/** Words that bound, refuse or exclude. */
const words =
  /\b(?:never|ever|always|at (?:the )?most|at least|up to(?! date\b)|no(?= [a-z])|default|refuse[sd]?|refusing|only|nothing|nobody|can't|must|exactly|exit code|4[012]\d|50\d)\b/giu

const withoutCode = (text: string) => text.replaceAll(/`[^`]*`/g, "``")

/** The amounts in a sentence; those in code are examples. */
export const figuresOf = (text: string): ReadonlyArray<string> => withoutCode(text).match(figures) ?? []

/** Whether a sentence promises a bound, a default or a refusal. */
export const isPromise = (text: string) => figuresOf(text).length > 0 || withoutCode(text).search(words) >= 0
