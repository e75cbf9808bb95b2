/**
 * Reads a sheet of an Excel workbook (.xlsx), a ZIP archive of XML. Bounded: the archive's own list of contents is checked
 * before anything is decompressed, and the decompressor writes no more than this list says.
 */
import { ByteSize, Effect, FileSystem, Predicate } from "effect"
import { type UnzipFileInfo, unzipSync } from "fflate"
import type { CsvRecord } from "./records.ts"
import { refused } from "./sample.ts"

const MiB = 2 ** 20

export const limits = {
  /** In bytes: the file. */
  file: 32 * MiB,
  /** In bytes: the decompressed XML. The library holds all of it in memory, and several times as much for the cells. */
  contents: 128 * MiB,
  /** How many times larger the contents may be than the file. A sheet of addresses is 5 to 20 times larger. */
  ratio: 200,
  /** How many files the archive may have. */
  entries: 1_000
}

/** The rows of a sheet, each with its number in the workbook. `sheet` is a name or a number from 1. */
export const read = Effect.fnUntraced(
  function* (file: string, sheet: string) {
    const fs = yield* FileSystem.FileSystem
    const { size } = yield* fs.stat(file)
    if (Number(size) > limits.file) return yield* refused(file, tooLarge(limits.file))
    const bytes = yield* fs.readFile(file)
    const problem = yield* Effect.try({ try: () => problemOf(bytes), catch: () => refused(file, broken) })
    if (problem !== undefined) return yield* refused(file, problem)
    // Loaded for workbooks alone.
    const { readSheet } = yield* Effect.promise(() => import("read-excel-file/universal"))
    const rows = yield* Effect.tryPromise({
      try: () =>
        readSheet(new Uint8Array(bytes).buffer, /^\d+$/.test(sheet) ? Number(sheet) : sheet, {
          // Digits stay as they are, such as those of a member id.
          parseNumber: (text) => text
        }),
      catch: (error) => refused(file, whyUnreadable(error, sheet))
    })
    return rows.map((cells, index): CsvRecord => ({ line: index + 1, cells: cells.map(textOf) }))
  },
  (effect, file) =>
    Effect.catchTag(effect, "PlatformError", ({ message }) =>
      refused(file, `can't read the file: ${message}`)
    )
)

const broken = "the file is a damaged workbook, or another ZIP archive"

const tooLarge = (bytes: number) =>
  `the workbook is larger than ${ByteSize.format(ByteSize.bytes(bytes))}. Save the sheet as CSV UTF-8`

/** Why the archive is not decompressed, by its list of contents. */
const problemOf = (bytes: Uint8Array): string | undefined => {
  const entries: Array<UnzipFileInfo> = []
  unzipSync(bytes, { filter: (entry) => (entries.push(entry), false) })
  if (entries.length > limits.entries)
    return `the archive has more than ${limits.entries.toLocaleString("en")} files`
  if (!entries.some(({ name }) => name === "xl/workbook.xml")) return `${broken}: it has no xl/workbook.xml`
  const contents = entries.reduce((sum, { originalSize }) => sum + originalSize, 0)
  if (contents > limits.contents) return tooLarge(limits.contents)
  return contents > bytes.length * limits.ratio
    ? `the contents are more than ${limits.ratio} times as large as the file, which no list of people is`
    : undefined
}

const whyUnreadable = (error: unknown, sheet: string): string =>
  error instanceof Error && error.name === "SheetNotFoundError"
    ? `there is no sheet ${sheet} in the workbook. Give its name, or its number from 1`
    : broken

const textOf = (cell: unknown): string => {
  if (cell === null || cell === undefined) return ""
  return Predicate.isDate(cell) ? cell.toISOString() : String(cell)
}
