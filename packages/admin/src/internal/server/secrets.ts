/** The secrets of tokens and sessions: a prefix, the id of the stored hash, and 32 random bytes. */
import { Duration, Effect } from "effect"
import type { SecureRandom } from "effect/crypto"
import { createHash, timingSafeEqual } from "node:crypto"

type Prefix = "usher" | "session"

const shapes = {
  usher: /^usher_([0-9A-HJKMNP-TV-Z]{26})_[\w-]{43}$/,
  session: /^session_([0-9A-HJKMNP-TV-Z]{26})_[\w-]{43}$/
}

/** The id in a secret. Undefined if the secret has another kind. */
export const idIn = (prefix: Prefix, secret: string): string | undefined => shapes[prefix].exec(secret)?.[1]

/** SHA-256 in hex. */
export const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex")

/** Compares two hashes in constant time. */
export const isSame = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(one, "hex"), Buffer.from(other, "hex"))

/** Makes a secret and the id in it. */
export const secretFor = Effect.fnUntraced(function* (
  random: SecureRandom.SecureRandom["Service"],
  prefix: Prefix
) {
  const id = yield* random.ulid
  const bytes = Buffer.from(yield* random.randomBytes(32))
  return { id, secret: `${prefix}_${id}_${bytes.toString("base64url")}` }
})

const freshness = Duration.toMillis("1 minute")

/** Whether the recorded last use is too recent to update. */
export const isRecent = (lastUsedAt: number | null, now: number): boolean =>
  lastUsedAt !== null && lastUsedAt > now - freshness
