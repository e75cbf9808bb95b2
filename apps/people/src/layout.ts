/**
 * The layout of a CSV file: its delimiter, the line of its heading if it has one, and what its columns hold. Exports may
 * have lines of titles above the heading.
 */
import * as Cell from "./cell.ts"
import { type Kind, kindOf } from "./columnNames.ts"
import type { Encoding } from "./sample.ts"
import { type CsvRecord, isBlank } from "./records.ts"

export interface Column {
  /** The position, from 0. */
  readonly index: number
  /** The heading, or empty. */
  readonly name: string
  readonly kind: Kind | undefined
  /** How many rows of the sample have text, an address, and a person who can be invited. */
  readonly filled: number
  readonly addresses: number
  readonly people: number
  /** The first texts. */
  readonly examples: ReadonlyArray<string>
}

export interface Layout {
  readonly encoding: Encoding
  /** Empty for a workbook. */
  readonly delimiter: string
  /** The rows of a workbook. Undefined for text, which is read as a stream. */
  readonly sheet: ReadonlyArray<CsvRecord> | undefined
  /** The line of the heading. */
  readonly heading: number | undefined
  /** How many cells the heading has. */
  readonly width: number
  /** How many records precede the first row. */
  readonly skipped: number
  /** Lines above the heading that name somebody. */
  readonly above: ReadonlyArray<number>
  readonly columns: ReadonlyArray<Column>
  /** How many rows have more cells than the heading. */
  readonly wider: number
  /** The first rows. */
  readonly first: ReadonlyArray<CsvRecord>
}

export interface Options extends Cell.Options {
  readonly delimiter: string
  /** Whether the first line is `sep=`. */
  readonly hasSeparator: boolean
  /** The heading of the column, or its number, if it is given. */
  readonly wanted: string | undefined
  readonly noHeader: boolean
}

/** A heading is searched for in this many of the first lines. */
const maxTitles = 30

const maxExamples = 3

const maxColumns = 1_000

/** The layout of records that begin with the first one of the file. */
export const of = (
  all: ReadonlyArray<CsvRecord>,
  options: Options,
  sheet?: ReadonlyArray<CsvRecord>
): Layout => {
  const from = options.hasSeparator ? 1 : 0
  const at = options.noHeader ? undefined : headingOf(all, from, options)
  const heading = at === undefined ? undefined : all[at]
  const skipped = at === undefined ? from : at + 1
  const rows = all.slice(skipped).filter((record) => !isBlank(record))
  const width = lengthOf(heading?.cells ?? [])
  const widest = rows.reduce((most, { cells }) => Math.max(most, lengthOf(cells)), width)
  return {
    encoding: options.encoding,
    delimiter: options.delimiter,
    sheet,
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

/** The cells of a row without the trailing empty ones, which spreadsheets write. */
const lengthOf = (cells: ReadonlyArray<string>) => cells.findLastIndex((cell) => cell.trim() !== "") + 1

/** The heading in one line, without invisible characters. */
const nameOf = (cell = "") =>
  cell
    .replaceAll(/\p{Cf}/gu, "")
    .replaceAll(/\s+/g, " ")
    .trim()

/** Whether a cell is the heading that is given. A number is not searched for: any row may have it. */
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
    addresses: named.filter(([first]) => first?.includes("@")).length,
    people: named.filter((members) => members.length > 0).length,
    examples: cells.slice(0, maxExamples)
  }
}

/** Without the Spot's own pattern, which may match any word, unless the column should hold member ids. */
const patternFor = (kind: Kind | undefined, options: Options): Cell.Options =>
  kind === "memberId" || options.wanted !== undefined ? options : { ...options, memberId: undefined }

const peopleIn = (cell: string, options: Cell.Options): ReadonlyArray<string> => {
  const read = Cell.read(cell, options)
  return "members" in read ? read.members : []
}

const hasPerson = ({ cells }: CsvRecord, { encoding }: Cell.Options) =>
  cells.some((cell) => peopleIn(cell, { encoding, memberId: undefined }).length > 0)

/** The index of the heading: a line that names nobody, with a known heading above people; or the fullest line above the first person. */
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

/** Columns with a known heading or with addresses. If no column has people, a known heading is enough. */
export const fitting = (columns: ReadonlyArray<Column>): ReadonlyArray<Column> => {
  const filled = columns.filter(({ addresses, filled, kind, people }) =>
    kind === undefined ? addresses > 0 && addresses * 2 >= filled : people > 0
  )
  return filled.length > 0 ? filled : columns.filter(({ kind }) => kind !== undefined)
}
