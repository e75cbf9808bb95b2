/**
 * The bytes of all bodies that are being read. A client may hold no more than what is left to everybody else, so that one
 * client gets half of the budget at most, and n clients leave a part of n + 1.
 */
import { Schema } from "effect"

/** The bodies under way leave no room for one more. */
export class TooManyBodies extends Schema.TaggedError<TooManyBodies>()("TooManyBodies", {}) {
  override get message() {
    return "the bodies that are being read leave no room for this one"
  }
}

export interface BodyBudget {
  /** Whether there was room. Without a client, only the total counts. */
  readonly reserve: (bytes: number, client: string | undefined) => boolean
  readonly release: (bytes: number, client: string | undefined) => void
  /** Bytes that are reserved. */
  readonly reserved: () => number
}

export const make = (maxTotal: number): BodyBudget => {
  let total = 0
  const clients = new Map<string, number>()

  const hold = (bytes: number, client: string | undefined) => {
    total += bytes
    if (client === undefined) return
    const held = (clients.get(client) ?? 0) + bytes
    if (held === 0) clients.delete(client)
    else clients.set(client, held)
  }

  return {
    reserve: (bytes, client) => {
      const held = client === undefined ? 0 : (clients.get(client) ?? 0)
      if (bytes + held > maxTotal - total) return false
      hold(bytes, client)
      return true
    },
    release: (bytes, client) => hold(-bytes, client),
    reserved: () => total
  }
}
