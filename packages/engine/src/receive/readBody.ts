/**
 * A request's body: on `node:http` as soon as it has come, elsewhere as the server reads it. Effect's own reader waits until the
 * stream has closed, some ticks later: a twelfth of what can be accepted.
 */
import { Deferred, Effect, Exit } from "effect"
import { HttpIncomingMessage, HttpServerError, type HttpServerRequest } from "effect/http"
import type { ByteSize } from "effect"
import { IncomingMessage } from "node:http"
import { type BodyBudget, TooManyBodies } from "./bodyBudget.ts"
import { addressOf } from "./clients.ts"

type Request = HttpServerRequest.HttpServerRequest
type Failure = HttpServerError.HttpServerError | TooManyBodies

/**
 * All of it, if it is not longer than `most`; fails with `BodyTooLarge` if it is. While it is being read the budget holds its
 * length, or what has come of it where no length is given; fails with `TooManyBodies` where there is no room, or where others
 * need it.
 */
export const readBody = (
  request: Request,
  most: ByteSize.ByteSize,
  budget: BodyBudget
): Effect.Effect<Uint8Array, Failure> => {
  const { source, headers } = request
  // Who waits for a 100 is answered by the server's own reader.
  const isPlain =
    source instanceof IncomingMessage && !source.readableDidRead && headers["expect"] === undefined
  return isPlain
    ? fromNode(request, source, Number(most), budget)
    : fromServer(request, most, Math.min(lengthOf(request) ?? Number(most), Number(most)), budget)
}

/** As the sender says. */
const lengthOf = ({ headers }: Request): number | undefined => {
  const length = headers["content-length"]
  return length === undefined ? undefined : Number(length)
}

const fromServer = (request: Request, most: ByteSize.ByteSize, length: number, budget: BodyBudget) =>
  Effect.suspend((): Effect.Effect<Uint8Array, Failure> => {
    const dropped = Deferred.makeUnsafe<never, TooManyBodies>()
    const drop = () => Deferred.doneUnsafe(dropped, Exit.fail(new TooManyBodies()))
    const reading = budget.begin(addressOf(request), drop)
    const read = budget.reserve(reading, length)
      ? Effect.raceFirst(request.arrayBuffer, Deferred.await(dropped))
      : Effect.fail(new TooManyBodies())
    return Effect.map(read, (buffer) => new Uint8Array(buffer)).pipe(
      Effect.provideService(HttpIncomingMessage.MaxBodySize, most),
      Effect.ensuring(Effect.sync(() => budget.end(reading)))
    )
  })

const fromNode = (request: Request, incoming: IncomingMessage, most: number, budget: BodyBudget) =>
  Effect.callback<Uint8Array, Failure>((resume) => {
    const announced = lengthOf(request) ?? 0
    const chunks: Array<Uint8Array> = []
    let length = 0
    const stop = () => {
      budget.end(reading)
      incoming.off("data", onData)
      incoming.off("end", onEnd)
      incoming.off("error", onError)
    }
    const fail = (failure: Failure) => {
      stop()
      // The rest of a body that is too long goes nowhere: a client that is still sending would miss the answer. Where bodies
      // leave no room, reading on would take the time of those that are being read.
      if (failure._tag === "TooManyBodies") incoming.pause()
      else incoming.resume()
      resume(Effect.fail(failure))
    }
    const unreadable = (reason: "Parse" | "BodyTooLarge", cause?: unknown) => {
      const error = new HttpServerError.RequestParseError({ request, reason, cause })
      fail(new HttpServerError.HttpServerError({ reason: error }))
    }
    const overloaded = () => fail(new TooManyBodies())
    const onData = (chunk: Uint8Array) => {
      chunks.push(chunk)
      length += chunk.length
      if (length > most) unreadable("BodyTooLarge")
      else if (length > reading.bytes && !budget.reserve(reading, length - reading.bytes)) overloaded()
    }
    const onEnd = () => {
      stop()
      // A copy: a chunk is a part of what was read from the socket at once, and would keep all of it.
      resume(Effect.succeed(Buffer.concat(chunks, length)))
    }
    const onError = (cause: Error) => unreadable("Parse", cause)
    const reading = budget.begin(addressOf(request), overloaded)
    if (announced > most) return unreadable("BodyTooLarge")
    if (!budget.reserve(reading, announced)) return overloaded()
    incoming.on("data", onData)
    incoming.on("end", onEnd)
    incoming.on("error", onError)
    return Effect.sync(stop)
  })
