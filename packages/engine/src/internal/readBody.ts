/**
 * A request's body: on `node:http` as soon as it has come, elsewhere as the server reads it. Effect's own reader waits until the
 * stream has closed, some ticks later: a twelfth of what can be accepted.
 */
import { Effect } from "effect"
import { HttpIncomingMessage, HttpServerError, type HttpServerRequest } from "effect/http"
import type { ByteSize } from "effect"
import { IncomingMessage } from "node:http"

type Request = HttpServerRequest.HttpServerRequest

/** All of it, if it is not longer than `most`; fails with `BodyTooLarge` if it is. */
export const readBody = (
  request: Request,
  most: ByteSize.ByteSize
): Effect.Effect<Uint8Array, HttpServerError.HttpServerError> => {
  const { source, headers } = request
  // Who waits for a 100 is answered by the server's own reader.
  const isPlain =
    source instanceof IncomingMessage && !source.readableDidRead && headers["expect"] === undefined
  if (isPlain) return fromNode(request, source, Number(most))
  return Effect.map(request.arrayBuffer, (buffer) => new Uint8Array(buffer)).pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, most)
  )
}

const fromNode = (request: Request, incoming: IncomingMessage, most: number) =>
  Effect.callback<Uint8Array, HttpServerError.HttpServerError>((resume) => {
    const chunks: Array<Uint8Array> = []
    let length = 0
    const stop = () => {
      incoming.off("data", onData)
      incoming.off("end", onEnd)
      incoming.off("error", onError)
    }
    const fail = (reason: "Parse" | "BodyTooLarge", cause?: unknown) => {
      stop()
      // The rest goes nowhere, and the server ends a sender that does not stop.
      incoming.resume()
      const error = new HttpServerError.RequestParseError({ request, reason, cause })
      resume(Effect.fail(new HttpServerError.HttpServerError({ reason: error })))
    }
    const onData = (chunk: Uint8Array) => {
      chunks.push(chunk)
      length += chunk.length
      if (length > most) fail("BodyTooLarge")
    }
    const onEnd = () => {
      stop()
      // A copy: a chunk is a part of what was read from the socket at once, and would keep all of it.
      resume(Effect.succeed(Buffer.concat(chunks, length)))
    }
    const onError = (cause: Error) => fail("Parse", cause)
    incoming.on("data", onData)
    incoming.on("end", onEnd)
    incoming.on("error", onError)
    return Effect.sync(stop)
  })
