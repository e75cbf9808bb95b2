/**
 * The bytes of all bodies that are being read. A client may hold no more than what is left to everybody else: one client gets
 * half of the budget at most, and n clients leave a part of n + 1. Where there is no room, bodies that have taken long make it.
 */
import { type Clock, Schema } from "effect"

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

export const make = (maxTotal: number, clock: Pick<Clock.Clock, "monotonicTimeNanosUnsafe">): BodyBudget => {
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
