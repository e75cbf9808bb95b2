/** Which column names the people: one whose heading is known, or whose cells are addresses. */
import { nearest } from "@usher/admin/Suggest"
import type { Column, Layout } from "./layout.ts"

/** Why a column is taken. */
export type Why = "named" | "heading" | "addresses"

export type Choice =
  | { readonly _tag: "One"; readonly column: Column; readonly why: Why }
  | { readonly _tag: "Several"; readonly columns: ReadonlyArray<Column> }
  | { readonly _tag: "None"; readonly sentence: string }

/** By `--column`, if it is given, else by what the file holds. */
export const choose = (layout: Layout, wanted: string | undefined): Choice => {
  if (wanted !== undefined) return named(layout, wanted)
  const fitting = layout.columns.filter(fits)
  // A known heading above cells that name nobody counts only where no column fits.
  const columns = fitting.length > 0 ? fitting : layout.columns.filter(({ kind }) => kind !== undefined)
  return oneOf(columns, ({ kind }) => (kind === undefined ? "addresses" : "heading")) ?? unknown(layout)
}

const fits = ({ addresses, filled, kind, people }: Column) =>
  kind === undefined ? addresses > 0 && addresses * 2 >= filled : people > 0

const oneOf = (columns: ReadonlyArray<Column>, whyOf: (column: Column) => Why): Choice | undefined => {
  const [column] = columns
  if (column === undefined) return
  return columns.length === 1 ? { _tag: "One", column, why: whyOf(column) } : { _tag: "Several", columns }
}

/** By its heading, exactly or without regard to case; else by its number. */
const named = (layout: Layout, wanted: string): Choice => {
  const { columns, heading } = layout
  const alike = columns.filter(({ name }) => name !== "" && name.toLowerCase() === wanted.toLowerCase())
  const exact = alike.filter(({ name }) => name === wanted)
  const same = exact.length > 0 ? exact : alike
  const inUse = same.filter(({ people }) => people > 0)
  const byName = oneOf(inUse.length > 0 ? inUse : same, () => "named")
  if (byName !== undefined) return byName
  const column = /^\d+$/.test(wanted) ? columns[Number(wanted) - 1] : undefined
  if (column !== undefined) return { _tag: "One", column, why: "named" }
  if (heading === undefined) {
    return {
      _tag: "None",
      sentence: `without a heading line, --column is a number from 1 to ${Math.max(1, columns.length)}`
    }
  }
  const meant = nearest(
    wanted,
    columns.map(({ name }) => name)
  )
  const hint = meant === undefined || meant === "" ? asFlags(columns) : `did you mean ${meant}?`
  return { _tag: "None", sentence: `there is no column ${wanted}; ${hint}` }
}

const unknown = ({ columns }: Layout): Choice => {
  const other =
    columns.length === 1 ? "; if another character separates the cells, name it with --delimiter" : ""
  return {
    _tag: "None",
    sentence:
      columns.length === 0
        ? "the file has no text"
        : `no column has a known heading or addresses; ${asFlags(columns)}${other}`
  }
}

const maxColumns = 20

/** The columns as the operator can name them, among all of the file. */
export const asFlags = (columns: ReadonlyArray<Column>, all = columns): string => {
  const shown = columns.slice(0, maxColumns).map((column) => asFlag(column, all))
  const left = columns.length - shown.length
  return `choose one with --column: ${[...shown, ...(left > 0 ? [`${left} more`] : [])].join(", ")}`
}

const maxName = 60

/** By its heading where that is unmistakable, else by its number. */
const asFlag = ({ index, name }: Column, all: ReadonlyArray<Column>): string => {
  const number = `${index + 1}`
  if (name === "") return number
  const isOnly = all.filter((other) => other.name.toLowerCase() === name.toLowerCase()).length === 1
  const isPlain = isOnly && name.length <= maxName && !/^\d+$/.test(name)
  return isPlain ? name : `${number} (${shortened(name, maxName)})`
}

export const shortened = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`
