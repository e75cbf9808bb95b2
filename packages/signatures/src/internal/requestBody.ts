/** Reads the bytes of a request's body, up to a limit. */
import { Effect, Stream } from "effect"
import type { RequestUnreadable } from "../RequestUnreadable.ts"
import { concat } from "./crypto.ts"
import type { NodeRequest, WebRequest } from "./serverRequest.ts"
import { alreadyRead, interrupted, tooLarge } from "./unreadable.ts"

/** A body that is being read. */
export type Chunks = Effect.Effect<Uint8Array, RequestUnreadable>

/** Collects chunks. `add` returns `false` once there are more bytes than allowed. */
const collector = (max: number) => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  return {
    add: (chunk: Uint8Array): boolean => {
      size += chunk.length
      if (size > max) return false
      chunks.push(chunk)
      return true
    },
    bytes: (): Uint8Array => (chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : concat(chunks))
  }
}

/** Keeps the connection open, so that the server can still answer. */
export const ofNode = (request: NodeRequest, max: number): Chunks =>
  Effect.callback<Uint8Array, RequestUnreadable>((resume) => {
    if (Number(request.headers["content-length"]) > max) return resume(Effect.fail(tooLarge(max)))
    const { add, bytes } = collector(max)
    const stop = () => {
      request.off("data", onData)
      request.off("end", onEnd)
      request.off("error", onLost)
      request.off("close", onLost)
    }
    const done = (result: Chunks) => {
      stop()
      resume(result)
    }
    const onData = (chunk: Uint8Array) => {
      if (add(chunk)) return
      request.pause()
      done(Effect.fail(tooLarge(max)))
    }
    const onEnd = () => done(Effect.succeed(bytes()))
    const onLost = () => done(Effect.fail(interrupted()))
    request.on("data", onData)
    request.on("end", onEnd)
    request.on("error", onLost)
    request.on("close", onLost)
    request.resume()
    return Effect.sync(() => {
      stop()
      request.pause()
    })
  })

/** Cancels the stream unless it is read to its end. */
export const ofWeb = ({ body, headers }: WebRequest, max: number): Chunks => {
  if (body === null) return Effect.succeed(new Uint8Array())
  if (body.locked) return Effect.fail(alreadyRead())
  const length = [...headers].find(([name]) => name === "content-length")?.[1]
  if (Number(length) > max) return Effect.fail(tooLarge(max))
  return Effect.acquireUseRelease(
    Effect.sync(() => body.getReader()),
    Effect.fnUntraced(function* (reader) {
      const { add, bytes } = collector(max)
      while (true) {
        const { done, value } = yield* Effect.tryPromise({ try: () => reader.read(), catch: interrupted })
        if (value !== undefined && !add(value)) return yield* tooLarge(max)
        if (done) return bytes()
      }
    }),
    // Without effect on a body that was read to its end.
    (reader) => Effect.ignore(Effect.tryPromise(() => reader.cancel()))
  )
}

/** Reads a request of effect, of any server. */
export const ofStream = <E>(
  stream: Stream.Stream<Uint8Array, E>,
  headers: Readonly<Record<string, string | undefined>>,
  max: number
): Chunks => {
  if (Number(headers["content-length"]) > max) return Effect.fail(tooLarge(max))
  return Effect.suspend(() => {
    const { add, bytes } = collector(max)
    return stream.pipe(
      Stream.mapError(interrupted),
      Stream.runForEach((chunk) => (add(chunk) ? Effect.void : Effect.fail(tooLarge(max)))),
      Effect.map(bytes)
    )
  })
}
