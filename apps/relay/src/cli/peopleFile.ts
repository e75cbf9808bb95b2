/** People out of a CSV file of any size: it is read as a stream, and each row has the line where it begins. */
import { Effect, FileSystem, Option, Result, Stream } from "effect"
import { Csv } from "effect/encoding"
import { Member } from "@usher/core"
import { nearest } from "../suggest.ts"
import { Failed } from "./failure.ts"

export interface Shape {
  /** The name of the column; without one it is found by its name, or is the only one. */
  readonly column: Option.Option<string>
  /** What stands between cells; without one it is seen in the first line. */
  readonly delimiter: Option.Option<string>
  /** The first row is a person, too. */
  readonly noHeader: boolean
  /** Of the ids of the Spot's members, besides UUIDs. */
  readonly memberId: RegExp | undefined
}

/** A row whose people can be invited, or what is wrong with it. */
export type Row =
  | { readonly line: number; readonly members: ReadonlyArray<string> }
  | { readonly line: number; readonly problem: string }

/** How a file is to be read, once its first line was seen. */
interface Layout {
  readonly delimiter: string
  readonly column: number
}

/** The file's rows, from its beginning; empty lines are none. */
export const rows = (file: string, shape: Shape) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { column, delimiter } = yield* layoutOf(file, shape)
      let line = 1
      return fs.stream(file).pipe(
        Stream.pipeThroughChannel(Csv.decode({ delimiter })),
        Stream.map((cells) => {
          const at = line
          line += 1 + cells.reduce((breaks, cell) => breaks + breaksIn(cell), 0)
          return { at, cells }
        }),
        Stream.drop(shape.noHeader ? 0 : 1),
        Stream.filter(({ cells }) => cells.some((cell) => cell.trim() !== "")),
        Stream.map(({ at, cells }) => rowOf(at, cells[column], shape.memberId)),
        Stream.mapError((error) => refused(file, Csv.isCsvError(error) ? unreadable(error) : error.message))
      )
    })
  )

const breaksIn = (cell: string) => cell.match(/\r\n|\r|\n/g)?.length ?? 0

const rowOf = (line: number, cell: string | undefined, memberId: RegExp | undefined): Row => {
  if (cell === undefined) return { line, problem: "the row has too few cells" }
  if (cell.trim() === "") return { line, problem: "nobody is named" }
  if (cell.includes("\uFFFD")) return { line, problem: "it is not UTF-8" }
  return Result.match(Member.parse(cell, { memberId }), {
    onSuccess: (members) => ({ line, members }),
    onFailure: ({ reason }) => ({ line, problem: `it is ${Member.sayings[reason]}` })
  })
}

const refused = (file: string, why: string) => new Failed({ kind: "failed", message: `${file}: ${why}` })

const unreadable = ({ line, message }: Csv.CsvError) => `line ${line}: ${message}`

/** Enough for any line with names of columns. */
const mostHeader = 64 * 1024

const layoutOf = Effect.fnUntraced(function* (file: string, { column, delimiter, noHeader }: Shape) {
  const fs = yield* FileSystem.FileSystem
  const head = yield* fs.stream(file, { bytesToRead: mostHeader }).pipe(
    Stream.decodeText,
    Stream.mkString,
    Effect.mapError((error) =>
      refused(
        file,
        error.reason._tag === "NotFound" ? "there is no such file" : `it can't be read: ${error.message}`
      )
    )
  )
  const [first = ""] = head.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/, 1)
  const between = Option.getOrElse(delimiter, () => likeliest(first))
  const names = yield* Stream.make(head).pipe(
    Stream.pipeThroughChannel(Csv.decodeString({ delimiter: between })),
    Stream.runHead,
    Effect.mapError((error) => refused(file, unreadable(error)))
  )
  const cells = Option.getOrElse(names, () => [""]).map((name) => name.trim())
  const layout: Layout = { delimiter: between, column: yield* columnOf(file, cells, column, noHeader) }
  return layout
})

/** German spreadsheets separate by semicolons. */
const likeliest = (line: string): string =>
  [",", ";", "\t"].reduce((best, one) => (line.split(one).length > line.split(best).length ? one : best))

const usual = /^(e-?mail(.?address)?|mail|member|spot.?member.?id|e-?mail-?adresse|adresse)$/i

const columnOf = (
  file: string,
  names: ReadonlyArray<string>,
  wanted: Option.Option<string>,
  noHeader: boolean
) => {
  if (noHeader) {
    const number = Option.match(wanted, { onNone: () => 1, onSome: Number })
    return Number.isInteger(number) && number >= 1 && number <= names.length
      ? Effect.succeed(number - 1)
      : Effect.fail(refused(file, `with --no-header, --column is a number from 1 to ${names.length}`))
  }
  if (names.length === 1 && names[0]?.includes("@") === true && Result.isSuccess(Member.parse(names[0]))) {
    return Effect.fail(
      refused(file, "the first line is a person and no name of a column: say so with --no-header")
    )
  }
  const found = Option.match(wanted, {
    onNone: () => (names.length === 1 ? 0 : names.findIndex((name) => usual.test(name))),
    onSome: (wanted) => names.findIndex((name) => name.toLowerCase() === wanted.toLowerCase())
  })
  if (found >= 0) return Effect.succeed(found)
  const meant = Option.match(wanted, { onNone: () => undefined, onSome: (wanted) => nearest(wanted, names) })
  const hint = meant === undefined ? `--column says which: ${names.join(", ")}` : `did you mean ${meant}?`
  const what = Option.match(wanted, {
    onNone: () => "no column is known to be the address",
    onSome: (wanted) => `there is no column ${wanted}`
  })
  return Effect.fail(refused(file, `${what}; ${hint}`))
}
