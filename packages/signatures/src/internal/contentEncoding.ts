/** Undoes Content-Encoding, on Node's thread pool and within bounds: the bytes are a stranger's. */
import { Effect, Semaphore } from "effect"
import zlib from "node:zlib"
import type { EncodingUnreadable } from "../EncodingUnreadable.ts"
import * as encodings from "./encodings.ts"

/** Names that senders give and that change no byte: no coding, and those of charsets and of MIME. */
const plain = new Set([
  "identity",
  "none",
  "utf-8",
  "utf8",
  "us-ascii",
  "iso-8859-1",
  "7bit",
  "8bit",
  "binary"
])

/** In the order in which they were applied. Those that change no byte are left out. */
export const codingsOf = (header: string | undefined): ReadonlyArray<string> =>
  header === undefined
    ? []
    : header
        .split(",")
        .map((coding) => coding.trim().toLowerCase())
        .filter((coding) => coding !== "" && !plain.has(coding))

export const maxCodings = 3

/** Up to this size a ratio says nothing: a few repeated bytes compress well. */
const freeSize = 64 * 1024

export const maxRatio = 200

/** A decompressor holds some megabytes while it runs. */
const running = Semaphore.makeUnsafe(8)

/** The bytes before any coding. There is at least one coding. */
export const undo = (
  codings: ReadonlyArray<string>,
  body: Uint8Array,
  maxSize: number
): Effect.Effect<Uint8Array, EncodingUnreadable> => {
  if (codings.length > maxCodings) return encodings.tooMany(maxCodings)
  const limit = Math.min(maxSize, Math.max(freeSize, maxRatio * body.length))
  return codings
    .reduceRight<Effect.Effect<Uint8Array, EncodingUnreadable>>(
      (bytes, coding) => Effect.flatMap(bytes, (bytes) => decompress(coding, bytes, limit)),
      Effect.succeed(body)
    )
    .pipe(running.withPermits(1))
}

const decompress = (
  coding: string,
  body: Uint8Array,
  limit: number
): Effect.Effect<Uint8Array, EncodingUnreadable> => {
  const run = decompressors[coding]
  if (run === undefined) return encodings.unknown(coding)
  return Effect.callback((resume) => {
    run(body, { maxOutputLength: limit }, (error, bytes) => {
      if (error === null) return resume(Effect.succeed(bytes))
      resume(
        Reflect.get(error, "code") === "ERR_BUFFER_TOO_LARGE"
          ? encodings.tooLarge(coding, limit)
          : encodings.broken(coding)
      )
    })
  })
}

type Decompressor = (
  body: Uint8Array,
  options: { readonly maxOutputLength: number },
  done: (error: Error | null, bytes: Buffer) => void
) => void

/** Some senders leave out the two bytes before the compressed ones, and the checksum behind them. */
const inflate: Decompressor = (body, options, done) =>
  (hasZlibHeader(body) ? zlib.inflate : zlib.inflateRaw)(body, options, done)

/** RFC 1950, section 2.2. */
const hasZlibHeader = ([first = 0, second = 0]: Uint8Array): boolean =>
  (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0

const decompressors: Readonly<Record<string, Decompressor | undefined>> = Object.assign(Object.create(null), {
  gzip: zlib.gunzip,
  "x-gzip": zlib.gunzip,
  deflate: inflate,
  br: zlib.brotliDecompress
})
