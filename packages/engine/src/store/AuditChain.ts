/**
 * The chain of the audit log: each entry holds the hash of the one before it, so that an entry that was edited, removed or
 * moved no longer fits.
 */
import { createHash } from "node:crypto"

/**
 * One row of the log, apart from its place in the chain.
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
  /** Whether an act begins, has a result, or happened at once. */
  readonly kind: Kind
  /** Milliseconds since 1970. */
  readonly at: number
  /** The name of the token or the program that acts. */
  readonly who: string
  /** The way in: a token, a session, the command line, the configuration. */
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
 * `begun` and `result` are the two entries of one act; `event` is complete in itself; `checkpoint` says which entries were
 * removed before the first one.
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
