/** Finds the layout of a CSV file: the one under the delimiter that reads the most people. */
import { Effect, Option } from "effect"
import * as Layout from "./layout.ts"
import { mistakeText, tooLong } from "./records.ts"
import * as Sample from "./sample.ts"
import * as Workbook from "./workbook.ts"

export interface Shape {
  /** The heading of the column, or its number. Default: found by its heading or its cells. */
  readonly column: Option.Option<string>
  /** The character between cells, one of UTF-16. Default: detected. */
  readonly delimiter: Option.Option<string>
  /** Whether the first row is data. */
  readonly noHeader: boolean
  /** The sheet of a workbook: its name, or its number from 1. Default: the first. */
  readonly sheet: Option.Option<string>
  /** The pattern of the Spot's member ids, besides UUIDs. */
  readonly memberId: RegExp | undefined
}

const delimiters = [",", ";", "\t", "|"]

/** How many records the search for the delimiter and for the columns reads. */
const maxRecords = { delimiter: 300, columns: 5_000 }

export const layoutOf = Effect.fnUntraced(function* (file: string, shape: Shape) {
  const sample = yield* Sample.read(file)
  const known = Option.getOrElse(shape.delimiter, () => sample.separator)
  const options = {
    encoding: sample.encoding,
    memberId: shape.memberId,
    hasSeparator: sample.separator !== undefined,
    wanted: Option.getOrUndefined(shape.column),
    noHeader: shape.noHeader
  }
  if (sample.encoding === Sample.workbook) {
    const sheet = yield* Workbook.read(
      file,
      Option.getOrElse(shape.sheet, () => "1")
    )
    if (sheet.length === 0) return yield* Sample.refused(file, "the sheet is empty")
    return Layout.of(sheet.slice(0, maxRecords.columns), { ...options, delimiter: "" }, sheet)
  }
  const tried = yield* Effect.forEach(known === undefined ? delimiters : [known], (delimiter) =>
    Effect.map(Sample.split(sample, delimiter, maxRecords.delimiter), ({ records }) => ({
      delimiter,
      merit: meritOf(Layout.of(records, { ...options, delimiter }))
    }))
  )
  const { delimiter } = tried.reduce((best, one) => (isBetter(one.merit, best.merit) ? one : best))
  const { mistake, records } = yield* Sample.split(sample, delimiter, maxRecords.columns)
  if (records.length === 0) {
    const why = sample.isWhole ? "the file is empty" : tooLong(1, "firstRow")
    return yield* Sample.refused(file, mistake === undefined ? why : mistakeText(mistake))
  }
  return Layout.of(records, { ...options, delimiter })
})

/** Figures to compare, the most important first: a known heading above people, people, rows wider than the heading, columns. */
const meritOf = ({ columns, wider }: Layout.Layout): ReadonlyArray<number> => [
  Number(columns.some(({ kind, people }) => kind !== undefined && people > 0)),
  Math.max(0, ...columns.map(({ people }) => people)),
  -wider,
  columns.length
]

const isBetter = (one: ReadonlyArray<number>, other: ReadonlyArray<number>): boolean => {
  const at = one.findIndex((value, at) => value !== other[at])
  return at >= 0 && (one[at] ?? 0) > (other[at] ?? 0)
}
