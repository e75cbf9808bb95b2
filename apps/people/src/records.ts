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

const breaksIn = (cell: string) => cell.match(/\r\n|\r|\n/g)?.length ?? 0

export const isBlank = ({ cells }: CsvRecord): boolean => cells.every((cell) => cell.trim() === "")
