/** Random values for layers that do not require `SecureRandom`. */
import { Context } from "effect"
import { SecureRandom } from "effect/crypto"
import { Hex } from "effect/encoding"

/** Cryptographically secure bytes. */
export const RandomBytes = Context.Reference<(size: number) => Uint8Array>("@usher/engine/RandomBytes", {
  // oxlint-disable-next-line no-restricted-properties -- A default. Programs can provide the reference.
  defaultValue: () => SecureRandom.randomBytesUnsafe
})

/** Marks the rows in which this process counts, so that relays on one database do not block each other. */
export const Writer = Context.Reference<string>("@usher/engine/Writer", {
  // oxlint-disable-next-line no-restricted-properties -- A default, which one process reads once.
  defaultValue: () => Hex.encode(SecureRandom.randomBytesUnsafe(4))
})
