/** Reads people from a CSV file of any size as a stream. Each row has the line where it begins. */
import { FileSystem, Result, Stream } from "effect"
import { Csv } from "effect/encoding"
import { Member } from "@usher/core"
import * as Cell from "./cell.ts"
import type { Column, Layout } from "./layout.ts"
import { isBlank, mistakeText, records } from "./records.ts"
import { refused } from "./sample.ts"

/** A row with people to invite, or the problem with it. */
export type Row = Cell.Cell & { readonly line: number }

/** How the file is read. */
export interface Reading {
  readonly file: string
  readonly layout: Layout
  readonly column: Column
  /** Why this column was chosen. */
  readonly why: "named" | "heading" | "addresses"
  /** The pattern of the Spot's member ids, besides UUIDs, if the column may hold them. */
  readonly memberId: RegExp | undefined
}

/** How the file is read, with a column that a person named or that was found. */
export const readingOf = (
  file: string,
  layout: Layout,
  column: Column,
  isNamed: boolean,
  memberId: RegExp | undefined
): Reading => {
  const why = isNamed ? "named" : column.kind === undefined ? "addresses" : "heading"
  // A Spot's own pattern may match any word, so it needs a heading for member ids, or a person's choice.
  const isExpected = isNamed || column.kind === "memberId"
  return { file, layout, column, why, memberId: isExpected ? memberId : undefined }
}

/** The rows of the file without the blank lines. */
export const rows = ({ column, file, layout, memberId }: Reading) => {
  const { above, encoding, heading, skipped, width } = layout
  const options = { encoding, memberId }
  const read = (cells: ReadonlyArray<string>): Cell.Cell =>
    heading !== undefined && cells.length > width && column.index > 0 && hasAddress(cells.slice(width))
      ? {
          problem:
            "an address beyond the cells of the heading line: a delimiter within a cell may have moved it"
        }
      : Cell.read(cells[column.index], options)
  const titles = above.map((line): Row => ({
    line,
    problem: `above the heading in line ${heading}`
  }))
  const people = recordsOf(file, layout).pipe(
    Stream.drop(skipped),
    Stream.filter((record) => !isBlank(record)),
    Stream.map(({ cells, line }): Row => ({ ...read(cells), line }))
  )
  return Stream.concat(Stream.fromIterable(titles), people)
}

const recordsOf = (file: string, { delimiter, encoding, sheet }: Layout) =>
  sheet === undefined
    ? Stream.unwrap(FileSystem.FileSystem.useSync((fs) => fs.stream(file))).pipe(
        Stream.decodeText({ encoding }),
        records(delimiter),
        Stream.mapError((error) => refused(file, Csv.isCsvError(error) ? mistakeText(error) : error.message))
      )
    : Stream.fromIterable(sheet)

/** A delimiter within a name shifts the cells behind it, so the column may hold another person's address. */
const hasAddress = (cells: ReadonlyArray<string>) =>
  cells.some((cell) => cell.includes("@") && Result.isSuccess(Member.parse(cell)))
