/**
 * The hash chain of the audit log. Each entry holds the hash of the entry before it, so that an edited, removed or moved
 * entry breaks the chain.
 */
import { createHash } from "node:crypto"

/**
 * An entry of the log, without its hash.
 *
 * @category models
 */
export interface Entry {
  /** Position in the chain: 1, 2, 3, … without gaps. */
  readonly number: number
  /** The id of the entry. */
  readonly id: string
  /** The id of the entry that began the act; its own id for an entry that began one. */
  readonly act: string
  /** Whether the entry begins an act, holds its result, or is an event. */
  readonly kind: Kind
  /** Milliseconds since 1970. */
  readonly at: number
  /** The name of the token or the program that acts. */
  readonly who: string
  /** How the actor came in: a token, a session, the command line, the configuration. */
  readonly via: string
  /** The IP address of the client; null where there is no network. */
  readonly ip: string | null
  /** The name of the act, such as `people.forget`. */
  readonly what: string
  /** A JSON object. */
  readonly parameters: string
  /** How the act ended, in words. */
  readonly result: string
}

/**
 * `begun` and `result` are the two entries of an act. An `event` is complete in itself. A `checkpoint` names the entries
 * that were removed before the first one.
 *
 * @category models
 */
export type Kind = "begun" | "result" | "event" | "checkpoint"

/**
 * Stands for the hash before the first entry.
 *
 * @category constants
 */
export const genesis = "0".repeat(64)

/**
 * SHA-256 of an entry and of the hash before it, in hex. Stored hashes depend on this format, so it never changes.
 *
 * @category hashing
 */
export const hash = (entry: Entry, prev: string): string => {
  const { number, id, act, kind, at, who, via, ip, what, parameters, result } = entry
  return createHash("sha256")
    .update(JSON.stringify([number, prev, id, act, kind, at, who, via, ip, what, parameters, result]))
    .digest("hex")
}
