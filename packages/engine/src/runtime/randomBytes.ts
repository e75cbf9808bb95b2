/** Random values for layers whose types ask for no `SecureRandom`. */
import { Context } from "effect"
import { SecureRandom } from "effect/crypto"
import { Hex } from "effect/encoding"

/** Cryptographically secure bytes. */
export const RandomBytes = Context.Reference<(size: number) => Uint8Array>("@usher/engine/RandomBytes", {
  // oxlint-disable-next-line no-restricted-properties -- A default. Who wants other bytes provides the reference.
  defaultValue: () => SecureRandom.randomBytesUnsafe
})

/** Marks the rows in which this process counts, so that relays on one database don't wait for each other. */
export const Writer = Context.Reference<string>("@usher/engine/Writer", {
  // oxlint-disable-next-line no-restricted-properties -- A default, which one process reads once.
  defaultValue: () => Hex.encode(SecureRandom.randomBytesUnsafe(4))
})
