/** Detects the encoding of a CSV file from its first bytes. */
import { Result } from "effect"

export type Encoding = "UTF-8" | "UTF-16LE" | "UTF-16BE"

/** Other file formats by their first bytes, and how to get a CSV file instead. */
const others: ReadonlyArray<readonly [bytes: ReadonlyArray<number>, sentence: string]> = [
  [
    [0x50, 0x4b, 0x03, 0x04],
    "the file is a workbook (.xlsx, .ods) or another ZIP archive. Save the sheet as CSV UTF-8"
  ],
  [[0xd0, 0xcf, 0x11, 0xe0], "the file is an Excel workbook (.xls). Save the sheet as CSV UTF-8"],
  [[0x1f, 0x8b], "the file is compressed with gzip. Unpack it first"],
  [[0x25, 0x50, 0x44, 0x46], "the file is a PDF. Export the list as CSV UTF-8"],
  [[0xff, 0xfe, 0x00, 0x00], "the file is UTF-32. Save it as CSV UTF-8"],
  [[0x00, 0x00, 0xfe, 0xff], "the file is UTF-32. Save it as CSV UTF-8"]
]

/** How many bytes the search for NULs reads. */
const counted = 4096

/** The encoding. Fails with a sentence for a file that is not text. */
export const encodingOf = (bytes: Uint8Array): Result.Result<Encoding, string> => {
  const other = others.find(([start]) => begins(bytes, start))
  if (other !== undefined) return Result.fail(other[1])
  if (begins(bytes, [0xff, 0xfe])) return Result.succeed("UTF-16LE")
  if (begins(bytes, [0xfe, 0xff])) return Result.succeed("UTF-16BE")
  return Result.succeed(begins(bytes, [0xef, 0xbb, 0xbf]) ? "UTF-8" : byNuls(bytes))
}

const begins = (bytes: Uint8Array, start: ReadonlyArray<number>) =>
  bytes.length >= start.length && start.every((byte, at) => bytes[at] === byte)

/** The encoding of a file without a byte order mark. In UTF-16 each ASCII character has one NUL byte. */
const byNuls = (bytes: Uint8Array): Encoding => {
  const pairs = Math.floor(Math.min(bytes.length, counted) / 2)
  const nuls = [0, 0]
  for (let at = 0; at < pairs * 2; at++) if (bytes[at] === 0) nuls[at % 2] = (nuls[at % 2] ?? 0) + 1
  const [even = 0, odd = 0] = nuls
  if (Math.max(even, odd) * 10 < pairs || even === odd) return "UTF-8"
  return odd > even ? "UTF-16LE" : "UTF-16BE"
}
