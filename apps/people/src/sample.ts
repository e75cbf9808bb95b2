/** The beginning of a CSV file, which shows its layout. */
import { Data, Effect, FileSystem, Result, Stream } from "effect"
import type { Csv } from "effect/encoding"
import { Display } from "@usher/admin"
import { type CsvRecord, records } from "./records.ts"

export type Sample = Effect.Success<ReturnType<typeof read>>

const maxBytes = 512 * 1024

/** Reads the sample. Fails for pipes and the like, because the file is read several times. */
export const read = Effect.fnUntraced(
  function* (file: string) {
    const fs = yield* FileSystem.FileSystem
    const { size, type } = yield* fs.stat(file)
    if (type === "Directory") return yield* refused(file, "this is a folder. Name a file in it")
    if (type !== "File") {
      return yield* refused(
        file,
        "not a regular file, which has to be read more than once. Save it to a file first"
      )
    }
    const bytes = yield* fs.stream(file, { bytesToRead: maxBytes }).pipe(Stream.mkUint8Array)
    if (begins(bytes, zip))
      return { encoding: workbook, text: "", separator: undefined, isWhole: true } as const
    /** Whether the sample is the complete file. */
    const isWhole = Number(size) <= maxBytes
    const encoding = yield* Effect.mapError(Effect.fromResult(encodingOf(bytes, isWhole)), (why) =>
      refused(file, why)
    )
    const text = new TextDecoder(encoding).decode(bytes, { stream: !isWhole })
    /** The delimiter that Excel's first line `sep=;` names. */
    const [, separator] = /^"?sep=(.)"?[,;\t|]*\s*?(?:[\r\n]|$)/iu.exec(text) ?? []
    return { encoding, text, separator, isWhole }
  },
  (effect, file) =>
    Effect.catchTag(effect, "PlatformError", ({ message, reason }) =>
      refused(file, problems[reason._tag] ?? `can't read the file: ${message}`)
    )
)

const problems: Readonly<Record<string, string>> = {
  NotFound: "no such file",
  PermissionDenied: "this user lacks the permission to read it"
}

/** The first records of the sample, up to the first broken one, with its error. */
export const split = Effect.fnUntraced(function* (
  { isWhole, text }: Sample,
  delimiter: string,
  maxRecords: number
) {
  const found: Array<CsvRecord> = []
  const ran = yield* Stream.fromIterable(pieces(text), { chunkSize: 1 }).pipe(
    records(delimiter),
    Stream.take(maxRecords),
    Stream.runForEach((record) => Effect.sync(() => found.push(record))),
    Effect.result
  )
  // The last record may be cut off. A quoted one is not among them.
  if (!isWhole && Result.isSuccess(ran) && found.length < maxRecords) found.pop()
  const mistake: Csv.CsvError | undefined = isWhole && Result.isFailure(ran) ? ran.failure : undefined
  return { records: found, mistake }
})

/** Lines one by one, so that the records before an error are kept. */
function* pieces(text: string) {
  for (const [piece] of text.matchAll(line)) yield piece
}

const line = /[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+/g

/** Of text, or the format of a workbook. */
export type Encoding = "UTF-8" | "UTF-16LE" | "UTF-16BE" | "Windows-1252" | typeof workbook

export const workbook = "Excel workbook"

/** A workbook is a ZIP archive. */
const zip = [0x50, 0x4b, 0x03, 0x04]

/** Other file formats by their first bytes, and how to get a CSV file instead. */
const others: ReadonlyArray<readonly [bytes: ReadonlyArray<number>, sentence: string]> = [
  [
    [0xd0, 0xcf, 0x11, 0xe0],
    "the file is an Excel workbook of an old version (.xls). Save it as .xlsx, or the sheet as CSV UTF-8"
  ],
  [[0x1f, 0x8b], "the file is compressed with gzip. Unpack it first"],
  [[0x25, 0x50, 0x44, 0x46], "the file is a PDF. Export the list as CSV UTF-8"],
  [[0xff, 0xfe, 0x00, 0x00], "the file is UTF-32. Save it as CSV UTF-8"],
  [[0x00, 0x00, 0xfe, 0xff], "the file is UTF-32. Save it as CSV UTF-8"]
]

/** How many bytes the search for NULs reads. */
const counted = 4096

/** The encoding. Fails with a sentence for a file that is not text. */
const encodingOf = (
  bytes: Uint8Array,
  isWhole: boolean
): Result.Result<Exclude<Encoding, typeof workbook>, string> => {
  const other = others.find(([start]) => begins(bytes, start))
  if (other !== undefined) return Result.fail(other[1])
  if (begins(bytes, [0xff, 0xfe])) return Result.succeed("UTF-16LE")
  if (begins(bytes, [0xfe, 0xff])) return Result.succeed("UTF-16BE")
  return Result.succeed(begins(bytes, [0xef, 0xbb, 0xbf]) ? "UTF-8" : withoutMark(bytes, isWhole))
}

const begins = (bytes: Uint8Array, start: ReadonlyArray<number>) =>
  bytes.length >= start.length && start.every((byte, at) => bytes[at] === byte)

/** The encoding of a file without a byte order mark. In UTF-16 each ASCII character has one NUL byte. */
const withoutMark = (bytes: Uint8Array, isWhole: boolean): Exclude<Encoding, typeof workbook> => {
  const pairs = Math.floor(Math.min(bytes.length, counted) / 2)
  const nulsAt = (parity: number) =>
    bytes.subarray(0, pairs * 2).filter((byte, at) => byte === 0 && at % 2 === parity).length
  const [even, odd] = [nulsAt(0), nulsAt(1)]
  if (Math.max(even, odd) * 10 < pairs || even === odd) return oneByteOrMore(bytes, isWhole)
  return odd > even ? "UTF-16LE" : "UTF-16BE"
}

/** Windows-1252, which contains Latin-1, if no character beyond ASCII is valid UTF-8: a damaged file in UTF-8 has others. */
const oneByteOrMore = (bytes: Uint8Array, isWhole: boolean) => {
  const text = new TextDecoder().decode(bytes, { stream: !isWhole })
  return text.includes("\uFFFD") && !/[^\0-\u007F\uFFFD]/.test(text) ? "Windows-1252" : "UTF-8"
}

/** The file can't be read, for a reason that is a sentence for people. */
export class Unreadable extends Data.TaggedError("Unreadable")<{ readonly message: string }> {}

/** Fails because of the file. Escapes the names of files and columns, which may hold control characters. */
export const refused = (file: string, why: string) =>
  new Unreadable({ message: Display.escape(`${file}: ${why}`) })
