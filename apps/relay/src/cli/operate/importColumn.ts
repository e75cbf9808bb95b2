/** Chooses the column that names the people: by `--column`, by a known heading or by its addresses. Asks if several fit. */
import { Effect, Option } from "effect"
import { Prompt } from "effect/cli"
import { Display } from "@usher/admin"
import { nearest } from "@usher/admin/Suggest"
import { type Column, fitting, type Layout } from "@usher/people/layout"
import type { Shape } from "@usher/people/find"
import { type Reading, readingOf } from "@usher/people/rows"
import { refused } from "@usher/people/sample"
import { usage } from "../support/failure.ts"

/** Accepts the word tab, because a tab is hard to type in a shell. */
export const delimiterOf = (text: string) => {
  const delimiter = text === "tab" || text === String.raw`\t` ? "\t" : text
  return delimiter.length === 1 && !/["\r\n]/.test(delimiter)
    ? Effect.succeed(delimiter)
    : usage("--delimiter: expected one character or tab, but no quotation mark or line break")
}

export const reading = Effect.fnUntraced(function* (
  file: string,
  layout: Layout,
  shape: Shape,
  mayAsk: boolean
) {
  const wanted = Option.getOrUndefined(shape.column)
  const [first, ...others] = wanted === undefined ? fitting(layout.columns) : named(layout.columns, wanted)
  if (first === undefined) {
    return yield* refused(file, wanted === undefined ? noneFits(layout) : noneNamed(layout, wanted))
  }
  const column = others.length === 0 ? first : yield* ask(file, layout, [first, ...others], mayAsk)
  const isNamed = wanted !== undefined || others.length > 0
  const reading: Reading = readingOf(file, layout, column, isNamed, shape.memberId)
  return reading
})

/** Columns with this heading, exactly or in another case, best with people; otherwise the column with this number. */
const named = (columns: ReadonlyArray<Column>, wanted: string): ReadonlyArray<Column> => {
  const alike = columns.filter(({ name }) => name !== "" && name.toLowerCase() === wanted.toLowerCase())
  const exact = alike.filter(({ name }) => name === wanted)
  const same = exact.length > 0 ? exact : alike
  const inUse = same.filter(({ people }) => people > 0)
  if (same.length > 0) return inUse.length > 0 ? inUse : same
  return columns.filter(({ index }) => /^\d+$/.test(wanted) && index === Number(wanted) - 1)
}

const noneNamed = ({ columns, heading }: Layout, wanted: string): string => {
  if (heading === undefined) {
    return `without a heading line, --column is a number from 1 to ${Math.max(1, columns.length)}`
  }
  const meant = nearest(
    wanted,
    columns.map(({ name }) => name)
  )
  return `there is no column ${wanted}; ${meant ? `did you mean ${meant}?` : asFlags(columns)}`
}

const noneFits = ({ columns }: Layout): string => {
  if (columns.length === 0) return "the file has no text"
  const other =
    columns.length === 1 ? "; if another character separates the cells, name it with --delimiter" : ""
  return `no column has a known heading or addresses; ${asFlags(columns)}${other}`
}

const ask = Effect.fnUntraced(function* (
  file: string,
  layout: Layout,
  columns: ReadonlyArray<Column>,
  mayAsk: boolean
) {
  // The prompt prints the question on standard output.
  if (!mayAsk || !process.stdin.isTTY || !process.stdout.isTTY) {
    const why = `${columns.length} columns may hold the addresses or member ids`
    return yield* usage(Display.escape(`${file}: ${why}; ${asFlags(columns, layout.columns)}`))
  }
  return yield* Prompt.run(
    Prompt.Select({
      message: Display.line(`Which column of ${file} names the people to invite?`),
      choices: columns.map((column) => ({ title: titleOf(column), value: column }))
    })
  )
})

const maxTitle = 70

/** `3 E-Mail: eva@example.com, max@example.com` */
const titleOf = ({ examples, index, name }: Column): string =>
  Display.line(shortened(`${index + 1} ${name}: ${examples.join(", ")}`, maxTitle))

const maxColumns = 20

/** The columns as values of `--column`, by headings that no other column has, or by numbers. */
const asFlags = (columns: ReadonlyArray<Column>, all = columns): string => {
  const shown = columns.slice(0, maxColumns).map((column) => asFlag(column, all))
  const left = columns.length - shown.length
  return `choose one with --column: ${[...shown, ...(left > 0 ? [`${left} more`] : [])].join(", ")}`
}

export const maxName = 60

const asFlag = ({ index, name }: Column, all: ReadonlyArray<Column>): string => {
  const number = `${index + 1}`
  if (name === "") return number
  const isOnly = all.filter((other) => other.name.toLowerCase() === name.toLowerCase()).length === 1
  const isPlain = isOnly && name.length <= maxName && !/^\d+$/.test(name)
  return isPlain ? name : `${number} (${shortened(name, maxName)})`
}

export const shortened = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`
