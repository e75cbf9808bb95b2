/**
 * How a CSV file is laid out: its delimiter, the line of its heading if it has one, and what its columns hold. Exports may
 * have lines of titles above the heading.
 */
import * as Cell from "./cell.ts"
import { type Kind, kindOf } from "./columnNames.ts"
import { type CsvRecord, isBlank } from "./records.ts"

export interface Column {
  /** From 0. */
  readonly index: number
  /** The heading, empty where there is none. */
  readonly name: string
  readonly kind: Kind | undefined
  /** Of the sample's rows: with text, with an address, and with a person who can be invited. */
  readonly filled: number
  readonly addresses: number
  readonly people: number
  /** The first texts. */
  readonly examples: ReadonlyArray<string>
}

export interface Layout {
  readonly delimiter: string
  /** The line of the heading. */
  readonly heading: number | undefined
  /** How many cells the heading has. */
  readonly width: number
  /** So many records come before the first row. */
  readonly skipped: number
  /** Lines above the heading that name somebody. */
  readonly above: ReadonlyArray<number>
  readonly columns: ReadonlyArray<Column>
  /** Rows with more cells than the heading has. */
  readonly wider: number
  /** The first rows. */
  readonly first: ReadonlyArray<CsvRecord>
}

export interface Options extends Cell.Options {
  readonly delimiter: string
  /** The first line is `sep=`. */
  readonly hasSeparator: boolean
  /** The name of a column, as the operator gave it. */
  readonly wanted: string | undefined
  readonly noHeader: boolean
}

/** In so many of the first lines a heading is looked for. */
const maxTitles = 30

const maxExamples = 3

const maxColumns = 1_000

/** Of these records, which begin with the first of the file. */
export const of = (all: ReadonlyArray<CsvRecord>, options: Options): Layout => {
  const from = options.hasSeparator ? 1 : 0
  const at = options.noHeader ? undefined : headingOf(all, from, options)
  const heading = at === undefined ? undefined : all[at]
  const skipped = at === undefined ? from : at + 1
  const rows = all.slice(skipped).filter((record) => !isBlank(record))
  const width = lengthOf(heading?.cells ?? [])
  const widest = rows.reduce((most, { cells }) => Math.max(most, lengthOf(cells)), width)
  return {
    delimiter: options.delimiter,
    heading: heading?.line,
    width,
    skipped,
    above: all.slice(from, at ?? from).flatMap((record) => (hasPerson(record, options) ? [record.line] : [])),
    columns: Array.from({ length: Math.min(widest, maxColumns) }, (_, index) =>
      columnOf(index, nameOf(heading?.cells[index]), rows, options)
    ),
    wider: heading === undefined ? 0 : rows.filter(({ cells }) => lengthOf(cells) > width).length,
    first: rows.slice(0, maxExamples)
  }
}

/** Trailing empty cells are of spreadsheets. */
const lengthOf = (cells: ReadonlyArray<string>) => cells.findLastIndex((cell) => cell.trim() !== "") + 1

/** In one line, without marks that nobody sees. */
const nameOf = (cell = "") =>
  cell
    .replaceAll(/\p{Cf}/gu, "")
    .replaceAll(/\s+/g, " ")
    .trim()

/** A number is no name to look for: any row may have it. */
const isWanted = (name: string, { wanted = "" }: Options) =>
  !/^\d*$/.test(wanted) && name.toLowerCase() === wanted.toLowerCase()

const columnOf = (index: number, name: string, rows: ReadonlyArray<CsvRecord>, options: Options): Column => {
  const kind = kindOf(name)
  const cells = rows.map((row) => row.cells[index] ?? "").filter((cell) => cell.trim() !== "")
  const named = cells.map((cell) => peopleIn(cell, patternFor(kind, options)))
  return {
    index,
    name,
    kind,
    filled: cells.length,
    addresses: named.filter(isAddressed).length,
    people: named.filter((members) => members.length > 0).length,
    examples: cells.slice(0, maxExamples)
  }
}

/** A Spot's own pattern may fit any word: it counts where member ids are expected. */
const patternFor = (kind: Kind | undefined, options: Options): Cell.Options =>
  kind === "memberId" || options.wanted !== undefined ? options : { ...options, memberId: undefined }

const peopleIn = (cell: string, options: Cell.Options): ReadonlyArray<string> => {
  const read = Cell.read(cell, options)
  return "members" in read ? read.members : []
}

const isAddressed = ([first]: ReadonlyArray<string>) => first?.includes("@") === true

const hasPerson = ({ cells }: CsvRecord, { encoding }: Cell.Options) =>
  cells.some((cell) => peopleIn(cell, { encoding, memberId: undefined }).length > 0)

/** The place of the heading among the records: a line that names nobody, with a known name above people, or the fullest above the first person. */
const headingOf = (all: ReadonlyArray<CsvRecord>, from: number, options: Options): number | undefined => {
  const first = all.findIndex((record, at) => at >= from && !isBlank(record))
  if (first < 0) return
  const above = all.slice(0, first + maxTitles)
  const candidates = above.flatMap((record, at) =>
    at < first || isBlank(record) || hasPerson(record, options) ? [] : [{ at, record }]
  )
  const person = all.findIndex((record, at) => at >= first && hasPerson(record, options))
  const before = candidates.filter(({ at }) => person < 0 || at < person)
  const wanted = before.find(({ record }) => record.cells.some((cell) => isWanted(nameOf(cell), options)))
  const supported = wanted ?? candidates.find(({ at, record }) => isAbovePeople(all, at, record, options))
  if (supported !== undefined) return supported.at
  if (person === first) return
  const known = before.find(({ record }) => record.cells.some((cell) => kindOf(nameOf(cell)) !== undefined))
  if (known !== undefined || person < 0) return known?.at ?? first
  const fullest = Math.max(...before.map(({ record }) => filled(record)))
  return before.find(({ record }) => filled(record) === fullest)?.at
}

const filled = ({ cells }: CsvRecord) => cells.filter((cell) => cell.trim() !== "").length

const isAbovePeople = (
  all: ReadonlyArray<CsvRecord>,
  at: number,
  { cells }: CsvRecord,
  options: Options
): boolean =>
  cells.some((cell, index) => {
    const kind = kindOf(nameOf(cell))
    if (kind === undefined) return false
    // "Member" may be a word in a row of data.
    if (kind === "memberId" && all.slice(0, at).some((record) => hasPerson(record, options))) return false
    return all
      .slice(at + 1)
      .some((row) => peopleIn(row.cells[index] ?? "", patternFor(kind, options)).length > 0)
  })
