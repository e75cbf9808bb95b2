/** The layout of a CSV file: under each delimiter that may be meant, the one that reads the most people. */
import { Effect, Option } from "effect"
import { Failed } from "../../support/failure.ts"
import type { Encoding } from "./encoding.ts"
import * as Layout from "./layout.ts"
import * as Sample from "./sample.ts"

export interface Shape {
  /** The name of the column, or its number; without one it is found by its heading or its cells. */
  readonly column: Option.Option<string>
  /** What stands between cells; without one it is found. */
  readonly delimiter: Option.Option<string>
  /** The first row is a person, too. */
  readonly noHeader: boolean
  /** Of the ids of the Spot's members, besides UUIDs. */
  readonly memberId: RegExp | undefined
}

export interface Found extends Layout.Layout {
  readonly encoding: Encoding
}

const delimiters = [",", ";", "\t", "|"]

/** By so many records a delimiter is judged, and by so many the columns. */
const maxRecords = { delimiter: 300, columns: 5_000 }

export const layoutOf = Effect.fnUntraced(function* (file: string, shape: Shape) {
  const given = yield* Effect.transposeOption(Option.map(shape.delimiter, delimiterOf))
  const sample = yield* Sample.read(file)
  const known = Option.getOrElse(given, () => sample.separator)
  const options = {
    encoding: sample.encoding,
    memberId: shape.memberId,
    hasSeparator: sample.separator !== undefined,
    wanted: Option.getOrUndefined(shape.column),
    noHeader: shape.noHeader
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
    const why = sample.isWhole ? "the file is empty" : "the first line is too long"
    return yield* Sample.refused(
      file,
      mistake === undefined ? why : `line ${mistake.line}: ${mistake.message}`
    )
  }
  const layout = Layout.of(records, { ...options, delimiter })
  const found: Found = { encoding: sample.encoding, ...layout }
  return found
})

/** A known heading above people; rows that name somebody; no rows wider than the heading; columns. */
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

/** A tab is hard to type in a shell. */
const delimiterOf = (text: string) => {
  const delimiter = text === "tab" || text === String.raw`\t` ? "\t" : text
  return delimiter.length === 1 && !/["\r\n]/.test(delimiter)
    ? Effect.succeed(delimiter)
    : new Failed({
        kind: "usage",
        message: "--delimiter: expected one character or tab, but no quotation mark or line break"
      })
}
