/**
 * Reads request bodies within one memory budget. On `node:http` a read completes with the last byte, which lets the
 * relay accept a twelfth more webhooks (docs/decisions/0005-read-bodies-as-they-arrive.md). On other servers it uses
 * the server's reader. One client gets at most half of the budget, and n clients leave at least 1/(n + 1) of it free.
 * If there is no room, the slowest bodies are dropped.
 */
import { type ByteSize, type Clock, Deferred, Effect, Exit, Schema } from "effect"
import { HttpIncomingMessage, HttpServerError, type HttpServerRequest } from "effect/http"
import { IncomingMessage } from "node:http"
import { addressOf } from "./clients.ts"

type Request = HttpServerRequest.HttpServerRequest
type Failure = HttpServerError.HttpServerError | TooManyBodies

/**
 * Reads a body of at most `most` bytes, or fails with `BodyTooLarge`. The budget holds its announced length, or the
 * bytes received so far. Fails with `TooManyBodies` if there is no room, or if other bodies need it.
 */
export const readBody = (
  request: Request,
  most: ByteSize.ByteSize,
  budget: BodyBudget
): Effect.Effect<Uint8Array, Failure> => {
  const { source, headers } = request
  // The server's own reader sends the 100 to clients that expect it.
  const isPlain =
    source instanceof IncomingMessage && !source.readableDidRead && headers["expect"] === undefined
  return isPlain
    ? fromNode(request, source, Number(most), budget)
    : fromServer(request, most, Math.min(lengthOf(request) ?? Number(most), Number(most)), budget)
}

/** The announced length. */
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
      // A body that is too long is read and discarded: a client that still sends would miss the response. If there is
      // no room, reading would take time from the other bodies.
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
      // A copy, because a chunk keeps the whole socket buffer alive.
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

/** The running bodies leave no room for this one. */
export class TooManyBodies extends Schema.TaggedError<TooManyBodies>()("TooManyBodies", {}) {
  override get message() {
    return "the bodies being read leave no room for this one"
  }
}

/** A body that is being read. */
export interface Reading {
  readonly client: string | undefined
  /** Drops it to make room for another. */
  readonly drop: () => void
  /** By the monotonic clock. */
  readonly since: bigint
  bytes: number
  /** In order of arrival. V8 keeps removed entries of a `Map` alive for longer. */
  older: Reading | undefined
  newer: Reading | undefined
}

export interface BodyBudget {
  /** Without a client, only the total counts. */
  readonly begin: (client: string | undefined, drop: () => void) => Reading
  /** Returns whether there was room for this many further bytes. */
  readonly reserve: (reading: Reading, bytes: number) => boolean
  /** Releases its reserved bytes. Safe to repeat. */
  readonly end: (reading: Reading) => void
  /** The number of reserved bytes. */
  readonly reserved: () => number
}

/** In nanoseconds: a body that has been read for longer may be dropped. */
const minLifetime = 250_000_000n

/** A client may be dropped if it holds this many times as much as the new one. */
const much = 4

/** A budget of this many bytes. */
export const makeBudget = (
  maxTotal: number,
  clock: Pick<Clock.Clock, "monotonicTimeNanosUnsafe">
): BodyBudget => {
  let total = 0
  const clients = new Map<string, number>()
  let oldest: Reading | undefined
  let newest: Reading | undefined

  const hold = (reading: Reading, bytes: number) => {
    const { client } = reading
    total += bytes
    reading.bytes += bytes
    if (client === undefined) return
    const held = (clients.get(client) ?? 0) + bytes
    if (held === 0) clients.delete(client)
    else clients.set(client, held)
  }

  const heldBy = ({ client, bytes }: Reading) => (client === undefined ? bytes : (clients.get(client) ?? 0))

  const hasRoom = ({ client }: Reading, bytes: number) =>
    bytes + (client === undefined ? 0 : (clients.get(client) ?? 0)) <= maxTotal - total

  const end = (reading: Reading) => {
    const { older, newer } = reading
    if (older === undefined && newer === undefined && oldest !== reading) return
    if (older === undefined) oldest = newer
    else older.newer = newer
    if (newer === undefined) newest = older
    else newer.older = older
    reading.older = undefined
    reading.newer = undefined
    hold(reading, -reading.bytes)
  }

  const makeRoom = (reading: Reading, bytes: number) => {
    const before = clock.monotonicTimeNanosUnsafe() - minLifetime
    for (let late = oldest; late !== undefined && late !== reading; late = oldest) {
      if (late.since > before || hasRoom(reading, bytes)) break
      late.drop()
      end(late)
    }
    const large = much * (heldBy(reading) + bytes)
    for (let other = oldest, next = other?.newer; other !== undefined; other = next, next = other?.newer) {
      if (hasRoom(reading, bytes)) break
      if (other === reading || heldBy(other) <= large) continue
      other.drop()
      end(other)
    }
    return hasRoom(reading, bytes)
  }

  return {
    begin: (client, drop) => {
      const reading: Reading = {
        client,
        drop,
        since: clock.monotonicTimeNanosUnsafe(),
        bytes: 0,
        older: newest,
        newer: undefined
      }
      if (newest === undefined) oldest = reading
      else newest.newer = reading
      newest = reading
      return reading
    },
    reserve: (reading, bytes) => {
      if (!hasRoom(reading, bytes) && !makeRoom(reading, bytes)) return false
      hold(reading, bytes)
      return true
    },
    end,
    reserved: () => total
  }
}
