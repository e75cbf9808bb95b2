/** Decompresses bodies by their Content-Encoding, on Node's thread pool and within limits: the bytes are untrusted. */
import { ByteSize, Effect, Semaphore } from "effect"
import zlib from "node:zlib"
import { EncodingUnreadable, type Reason } from "../EncodingUnreadable.ts"

/** Names that senders use and that change no byte: charsets, and encodings of MIME. */
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

/** The codings in the order in which they were applied, without those that change no byte. */
export const codingsOf = (header = ""): ReadonlyArray<string> =>
  header
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && !plain.has(coding))

export const maxCodings = 3

/** Up to this size the ratio does not count: a few repeated bytes compress well. */
const freeSize = 64 * 1024

export const maxRatio = 200

/** A decompressor holds some megabytes while it runs. */
const running = Semaphore.makeUnsafe(8)

/** Undoes at least one coding. */
export const undo = (
  codings: ReadonlyArray<string>,
  body: Uint8Array,
  maxSize: number
): Effect.Effect<Uint8Array, EncodingUnreadable> => {
  if (codings.length > maxCodings) {
    return unreadable("TooManyCodings", `the body has more than ${maxCodings} content encodings`)
  }
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
  if (run === undefined) {
    const named = /^[\w.+-]{1,30}$/.test(coding) ? coding : "that the request names"
    return unreadable(
      "UnknownCoding",
      `the content encoding ${named} is not supported: gzip, deflate and br are`
    )
  }
  return Effect.callback((resume) => {
    run(body, { maxOutputLength: limit }, (error, bytes) => {
      if (error === null) return resume(Effect.succeed(bytes))
      resume(
        Reflect.get(error, "code") === "ERR_BUFFER_TOO_LARGE"
          ? unreadable(
              "TooLarge",
              `the body, compressed by ${coding}, is longer than ${ByteSize.format(ByteSize.bytes(limit))} once it is decompressed`
            )
          : unreadable(
              "BrokenData",
              `the content encoding is ${coding}, but the body can't be decompressed by it: it is damaged or was not compressed`
            )
      )
    })
  })
}

const unreadable = (reason: Reason, message: string) => new EncodingUnreadable({ reason, message })

type Decompressor = (
  body: Uint8Array,
  options: { readonly maxOutputLength: number },
  done: (error: Error | null, bytes: Buffer) => void
) => void

/** Some senders omit the zlib header and the checksum. */
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
