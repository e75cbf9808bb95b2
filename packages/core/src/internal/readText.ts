/** Reads the text of an answer up to a limit, so that an endless answer can't exhaust memory. */
import { Effect, Stream } from "effect"
import type { HttpClientError, HttpClientResponse } from "effect/http"

export interface Text {
  /** The body, or its beginning if it is too long. */
  readonly text: string
  readonly isTooLong: boolean
}

/** Reads at most `maxBytes`. The connection of a longer answer is closed, and the rest is never read. */
export const readText = (
  response: HttpClientResponse.HttpClientResponse,
  maxBytes: number
): Effect.Effect<Text, HttpClientError.HttpClientError> =>
  isShort(response, maxBytes) ? Effect.map(response.text, whole) : readBounded(response, maxBytes)

const whole = (text: string): Text => ({ text, isTooLong: false })

/** A body is as long as its `Content-Length`, unless the client decompresses it. */
const isShort = ({ headers }: HttpClientResponse.HttpClientResponse, maxBytes: number) =>
  headers["content-encoding"] === undefined && Number(headers["content-length"] ?? Number.NaN) <= maxBytes

const readBounded = (response: HttpClientResponse.HttpClientResponse, maxBytes: number) =>
  Effect.suspend(() => {
    const body = new Body(maxBytes)
    return Stream.runForEachWhile(response.stream, (chunk) => Effect.sync(() => body.add(chunk))).pipe(
      Effect.catchIf(
        ({ reason }) => reason._tag === "EmptyBodyError",
        () => Effect.void
      ),
      Effect.map((): Text => ({ text: body.text, isTooLong: body.isTooLong })),
      // If the client has read the body before, a web stream throws, and a stream of Node is empty.
      Effect.catchDefect(() => readBefore(response, maxBytes)),
      Effect.flatMap((read) =>
        read.text === ""
          ? Effect.orElseSucceed(readBefore(response, maxBytes), () => read)
          : Effect.succeed(read)
      )
    )
  })

/** The text that a client's middleware has read before, such as for a log: the response keeps it. */
const readBefore = (response: HttpClientResponse.HttpClientResponse, maxBytes: number) =>
  Effect.map(response.text, (text): Text => {
    const body = new Body(maxBytes)
    body.add(new TextEncoder().encode(text))
    return { text: body.text, isTooLong: body.isTooLong }
  })

/** Collects chunks in one buffer: a list of one-byte chunks would take a hundred times their size. */
class Body {
  isTooLong = false
  private length = 0
  private bytes: Uint8Array
  private readonly maxBytes: number

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
    this.bytes = new Uint8Array(Math.min(maxBytes, firstBytes))
  }

  /** Whether more may come. */
  add(chunk: Uint8Array): boolean {
    const kept = chunk.subarray(0, this.maxBytes - this.length)
    this.isTooLong = kept.length < chunk.length
    const length = this.length + kept.length
    if (length > this.bytes.length) {
      const grown = new Uint8Array(Math.min(this.maxBytes, Math.max(length, this.bytes.length * 2)))
      grown.set(this.bytes)
      this.bytes = grown
    }
    this.bytes.set(kept, this.length)
    this.length = length
    return !this.isTooLong
  }

  get text(): string {
    return new TextDecoder().decode(this.bytes.subarray(0, this.length))
  }
}

const firstBytes = 16_384
