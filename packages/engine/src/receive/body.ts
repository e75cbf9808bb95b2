/**
 * Reads request bodies within one budget. On `node:http` it completes with the last byte, which lets the relay accept a
 * twelfth more (docs/decisions/0005-read-bodies-as-they-arrive.md); on other servers it uses the server's reader. The budget
 * holds the bytes of all bodies being read. One client gets at most half of it, and n clients leave one part of n + 1 free.
 * Without room, the slowest bodies are dropped.
 */
import { type ByteSize, type Clock, Deferred, Effect, Exit, Schema } from "effect"
import { HttpIncomingMessage, HttpServerError, type HttpServerRequest } from "effect/http"
import { IncomingMessage } from "node:http"
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

/** The bodies under way leave no room for this one. */
export class TooManyBodies extends Schema.TaggedError<TooManyBodies>()("TooManyBodies", {}) {
  override get message() {
    return "the bodies that are being read leave no room for this one"
  }
}

/** A body that is being read. */
export interface Reading {
  readonly client: string | undefined
  /** Ends it, to make room for another. */
  readonly drop: () => void
  /** By the clock's monotonic time. */
  readonly since: bigint
  bytes: number
  /** In the order in which they began. A list of its own: V8 keeps what was in a `Map` for longer. */
  older: Reading | undefined
  newer: Reading | undefined
}

export interface BodyBudget {
  /** Without a client, only the total counts. */
  readonly begin: (client: string | undefined, drop: () => void) => Reading
  /** Whether there was room for so many bytes more. */
  readonly reserve: (reading: Reading, bytes: number) => boolean
  /** Releases what it has reserved. More than once does no harm. */
  readonly end: (reading: Reading) => void
  /** Bytes that are reserved. */
  readonly reserved: () => number
}

/** In nanoseconds: a body that has been read for longer makes room. */
const patience = 250_000_000n

/** A client that holds so many times as much makes room. */
const much = 4

/** The budget for so many bytes. */
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
    const before = clock.monotonicTimeNanosUnsafe() - patience
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
