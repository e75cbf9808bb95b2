/** The beginning of a CSV file, which shows its layout. */
import { Effect, FileSystem, Result, Stream } from "effect"
import type { Csv } from "effect/encoding"
import { Display } from "@usher/admin"
import { Failed } from "../../support/failure.ts"
import { type Encoding, encodingOf } from "./encoding.ts"
import { type CsvRecord, records } from "./records.ts"

export interface Sample {
  readonly encoding: Encoding
  readonly text: string
  /** The delimiter that Excel's first line `sep=;` names. */
  readonly separator: string | undefined
  /** Whether the sample is the complete file. */
  readonly isWhole: boolean
}

const maxBytes = 512 * 1024

/** Reads the sample. Fails for pipes and the like, because the command reads the file several times. */
export const read = Effect.fnUntraced(
  function* (file: string) {
    const fs = yield* FileSystem.FileSystem
    const { size, type } = yield* fs.stat(file)
    if (type !== "File") {
      return yield* refused(
        file,
        "not a regular file, which the command has to read more than once. Save it to a file first"
      )
    }
    const bytes = yield* fs.stream(file, { bytesToRead: maxBytes }).pipe(Stream.mkUint8Array)
    const encoding = yield* Effect.mapError(Effect.fromResult(encodingOf(bytes)), (why) => refused(file, why))
    const isWhole = Number(size) <= maxBytes
    const text = new TextDecoder(encoding).decode(bytes, { stream: !isWhole })
    const [, separator] = /^"?sep=(.)"?[,;\t|]*\s*?(?:[\r\n]|$)/iu.exec(text) ?? []
    const sample: Sample = { encoding, text, separator, isWhole }
    return sample
  },
  (effect, file) =>
    Effect.catchTag(effect, "PlatformError", ({ message, reason }) =>
      refused(file, reason._tag === "NotFound" ? "no such file" : `can't read the file: ${message}`)
    )
)

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
  // The last line may be cut off.
  if (!isWhole && found.length < maxRecords) found.pop()
  const mistake: Csv.CsvError | undefined = isWhole && Result.isFailure(ran) ? ran.failure : undefined
  return { records: found, mistake }
})

/** Lines one by one, so that the records before an error are kept. */
function* pieces(text: string) {
  for (const [piece] of text.matchAll(line)) yield piece
}

const line = /[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+/g

/** Fails because of the file. Escapes the names of files and columns, which may hold control characters. */
export const refused = (file: string, why: string, kind: Failed["kind"] = "failed") =>
  new Failed({ kind, message: Display.escape(`${file}: ${why}`) })
