import { describe, expect, it } from "@effect/vitest"
import { ByteSize, Effect, Result } from "effect"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import { decompress, isEncoded } from "../src/Body.ts"

const text = '{"email":"alice@example.com"}'
const plain = new TextEncoder().encode(text)

const open = (coding: string | undefined, body: Uint8Array, maxSize?: number) =>
  Effect.map(
    decompress({ "content-encoding": coding }, body, {
      maxSize: maxSize === undefined ? undefined : ByteSize.bytes(maxSize)
    }),
    (bytes) => Buffer.from(bytes).toString()
  )

/** Bytes that hardly compress: a generator of numbers, the same in each run. */
const noise = (length: number) => {
  let state = 1
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
      return (state >>> 16) & 0xff
    })
  )
}

describe("a compressed body", () => {
  it.effect.each([
    ["gzip", gzipSync(plain)],
    ["x-gzip", gzipSync(plain)],
    ["GZip", gzipSync(plain)],
    ["deflate", deflateSync(plain)],
    ["deflate", deflateRawSync(plain)],
    ["br", brotliCompressSync(plain)],
    [" gzip , br", brotliCompressSync(gzipSync(plain))],
    ["identity, gzip", gzipSync(plain)],
    ["deflate, gzip, br", brotliCompressSync(gzipSync(deflateSync(plain)))]
  ] as const)("by %s is read", ([coding, body]) =>
    Effect.gen(function* () {
      expect(yield* open(coding, body)).toBe(text)
      expect(isEncoded({ "content-encoding": coding })).toBe(true)
    })
  )

  it.effect.each([undefined, "", "identity", "none", "UTF-8", "identity, identity, identity, identity"])(
    "is not one where the header says %s: the same bytes come back",
    (coding) =>
      Effect.gen(function* () {
        const headers = { "content-encoding": coding }
        expect(isEncoded(headers)).toBe(false)
        expect(yield* decompress(headers, plain)).toBe(plain)
      })
  )

  it.effect("without a byte is empty", () =>
    Effect.map(open("gzip", new Uint8Array()), (opened) => expect(opened).toBe(""))
  )

  it.effect.each([
    ["zstd", plain, "UnknownCoding", "the content encoding zstd is not supported: gzip, deflate and br are"],
    [
      "<script>",
      plain,
      "UnknownCoding",
      "the content encoding that the request names is not supported: gzip, deflate and br are"
    ],
    [
      "x".repeat(8_000),
      plain,
      "UnknownCoding",
      "the content encoding that the request names is not supported: gzip, deflate and br are"
    ],
    ["gzip, gzip, gzip, gzip", plain, "TooManyCodings", "the body has more than 3 content encodings"],
    [
      "gzip",
      plain,
      "BrokenData",
      "the content encoding is gzip, but the body can't be decompressed by it: it is damaged or was not compressed"
    ],
    [
      "br",
      brotliCompressSync(plain).subarray(0, 12),
      "BrokenData",
      "the content encoding is br, but the body can't be decompressed by it: it is damaged or was not compressed"
    ],
    [
      "gzip",
      gzipSync(noise(2_000)).subarray(0, 1_000),
      "BrokenData",
      "the content encoding is gzip, but the body can't be decompressed by it: it is damaged or was not compressed"
    ]
  ] as const)("by %s that can't be read says why", ([coding, body, reason, message]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(open(coding, body))
      expect(error).toMatchObject({ _tag: "EncodingUnreadable", reason, message })
    })
  )

  it.effect("may be as long as the limit, and no longer", () =>
    Effect.gen(function* () {
      const body = gzipSync(noise(100_000))
      expect(Result.isSuccess(yield* Effect.result(open("gzip", body, 100_000)))).toBe(true)
      const error = yield* Effect.flip(open("gzip", body, 99_999))
      expect(error).toMatchObject({
        reason: "TooLarge",
        message: expect.stringContaining("compressed by gzip")
      })
      expect(yield* Effect.flip(open("gzip", gzipSync(noise(1_048_577))))).toMatchObject({
        reason: "TooLarge"
      })
    })
  )

  it.effect.each(["gzip", "deflate", "br"] as const)(
    "by %s grows by at most 200 times above 64 KiB",
    (coding) =>
      Effect.gen(function* () {
        const compress = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }[coding]
        expect(yield* open(coding, compress(Buffer.alloc(64 * 1024)))).toHaveLength(64 * 1024)
        const bomb = compress(Buffer.alloc(900_000))
        expect(bomb.length * 200).toBeLessThan(900_000)
        expect(yield* Effect.flip(open(coding, bomb))).toMatchObject({ reason: "TooLarge" })
      })
  )

  it.effect("within another is bounded by the bytes that were sent", () =>
    Effect.gen(function* () {
      const bomb = gzipSync(gzipSync(Buffer.alloc(10_000_000)))
      expect(yield* Effect.flip(open("gzip, gzip", bomb, 100_000_000))).toMatchObject({ reason: "TooLarge" })
    })
  )

  it.live("does not hold up the event loop, and leaves no memory behind", () =>
    Effect.gen(function* () {
      const body = gzipSync(noise(1_000_000))
      const many = Effect.forEach(
        Array.from({ length: 100 }),
        () => decompress({ "content-encoding": "gzip" }, body),
        {
          concurrency: "unbounded",
          discard: true
        }
      )
      yield* many
      let turns = 0
      const timer = setInterval(() => (turns += 1), 0)
      const before = process.memoryUsage().arrayBuffers
      yield* many
      clearInterval(timer)
      expect(turns).toBeGreaterThan(10)
      yield* Effect.repeat(
        Effect.delay(
          Effect.sync(() => {
            globalThis.gc?.()
            return process.memoryUsage().arrayBuffers
          }),
          "10 millis"
        ),
        { until: (now) => now < before + 60_000_000 }
      )
    })
  )
})
