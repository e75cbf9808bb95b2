/** Splits a text into CSV records, each with the line where it begins. Blank lines are records, too. */
import { Stream } from "effect"
import { Csv } from "effect/encoding"

export interface CsvRecord {
  readonly line: number
  readonly cells: ReadonlyArray<string>
}

export const records =
  (delimiter: string) =>
  <E, R>(text: Stream.Stream<string, E, R>): Stream.Stream<CsvRecord, E | Csv.CsvError, R> =>
    Stream.suspend(() => {
      let next = 1
      return text.pipe(
        Stream.pipeThroughChannel(Csv.decodeString({ delimiter })),
        Stream.map((cells) => {
          const line = next
          next += 1 + cells.reduce((breaks, cell) => breaks + breaksIn(cell), 0)
          return { line, cells }
        })
      )
    })

/** Of one row, in UTF-16 code units as the parser counts them. The sample of a file is smaller, and holds its first row. */
const limits = { row: "1 MiB", firstRow: "512 KiB" }

/** A row that is longer than the reader takes. */
export const tooLong = (line: number, limit: keyof typeof limits = "row"): string =>
  `line ${line}: the row is longer than ${limits[limit]}; shorten its cells, and check that each quotation mark is closed`

/** The mistake with its line, as a sentence. */
export const mistakeText = ({ kind, line, message }: Csv.CsvError): string =>
  kind === "RecordSize" ? tooLong(line) : `line ${line}: ${message}`

const breaksIn = (cell: string) => cell.match(/\r\n|\r|\n/g)?.length ?? 0

export const isBlank = ({ cells }: CsvRecord): boolean => cells.every((cell) => cell.trim() === "")
