/** Webhooks about to be stored, and their identity: the sender's id, and a keyed hash of the content. */
import { Clock, DateTime, Effect } from "effect"
import { createHmac, hash } from "node:crypto"
import type { NewWebhook } from "@usher/model/Webhook"
import type { Store } from "../rows/store.ts"

export interface Incoming {
  readonly id: string
  readonly webhook: NewWebhook
  /** The name of the relay that accepts it. */
  readonly relay: string
  /** As stored; '' if the sender gives none. */
  readonly deliveryId: string
  /** The keyed hash of the content. */
  readonly hash: string
  /** In milliseconds. */
  readonly receivedAt: number
}

/** The place of a row among those with the same id, or with the same body and no id. */
export interface Place {
  /** The first webhook with the same id, if it has another body. */
  readonly firstWebhook: string | null
  /** How many sign-ups without an id had the same body before. */
  readonly occurrence: number
}

/** The place of a webhook without predecessors. */
export const foremost: Place = { firstWebhook: null, occurrence: 0 }

export const incoming = ({ random, relay, hashOf }: Store) =>
  Effect.fnUntraced(function* (batch: ReadonlyArray<NewWebhook>) {
    const now = yield* Clock.currentTimeMillis
    const all: Array<Incoming> = []
    for (const webhook of batch) {
      all.push({
        id: `wh_${yield* random.ulid}`,
        webhook,
        relay,
        deliveryId: storedId(webhook.deliveryId, hashOf),
        hash: hashOf(webhook.content ?? webhook.body),
        receivedAt: webhook.receivedAt === undefined ? now : DateTime.toEpochMillis(webhook.receivedAt)
      })
    }
    return { all, now }
  })

/**
 * Sorts by identity, so that two relays that store the same deliveries lock in the same order and never deadlock.
 * Deliveries with the same id stay in the order in which they arrived.
 */
export const inKeyOrder = (all: ReadonlyArray<Incoming>) =>
  all.toSorted((a, b) => byId(a, b) || (a.deliveryId === "" ? compare(a.hash, b.hash) : 0))

/** The same, for webhooks that are not the first with their id. */
export const inHashOrder = (all: ReadonlyArray<Incoming>) =>
  all.toSorted((a, b) => byId(a, b) || compare(a.hash, b.hash))

const byId = (a: Incoming, b: Incoming) =>
  compare(a.webhook.source, b.webhook.source) || compare(a.deliveryId, b.deliveryId)

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Keeps hashes of content apart from other uses of the key. */
const purpose = "usher: the content of a webhook"

/** The block size of SHA-256, in bytes. */
const block = 64

/** Up to this length, copying the content behind the key is faster. */
const maxCopy = 65_536

/**
 * Returns HMAC-SHA256 under a key derived from the database's, cut to 132 bits (RFC 2104, section 5, asks for at least
 * half of the hash). Two calls of `hash` on reused buffers cost a tenth of one `createHmac`.
 * docs/decisions/0011-keyed-hashes-for-identity.md
 */
export const hashing = (personKey: string) => {
  const key = createHmac("sha256", Buffer.from(personKey, "base64")).update(purpose).digest()
  const inner = Buffer.concat([padded(key, 0x36), Buffer.alloc(maxCopy)])
  const outer = Buffer.concat([padded(key, 0x5c), Buffer.alloc(32)])
  const hmac = (content: Uint8Array): string => {
    inner.set(content, block)
    outer.write(hash("sha256", inner.subarray(0, block + content.length), "binary"), block, "binary")
    return hash("sha256", outer, "base64url")
  }
  return (content: Uint8Array): string =>
    (content.length <= maxCopy
      ? hmac(content)
      : createHmac("sha256", key).update(content).digest("base64url")
    ).slice(0, 22)
}

const padded = (key: Uint8Array, byte: number): Uint8Array =>
  Uint8Array.from({ length: block }, (_, at) => (key[at] ?? 0) ^ byte)

/** An id of this length fits into an index of Postgres in any script. */
const maxLength = 255

/** The stored form of an id that names a person: retries still match by the keyed hash, and the hash reveals nobody. */
export const keyedId = (deliveryId: string, hashOf: (content: Uint8Array) => string): string =>
  `keyed:${hashOf(Buffer.from(deliveryId, "utf16le"))}`

/** Whether the id may contain an address, also one that is escaped. */
const mayName = (deliveryId: string): boolean => deliveryId.includes("@") || deliveryId.includes("%40")

/**
 * The stored form of a delivery id: '' for none. An id that may contain an address becomes a keyed hash. An id that a
 * database would change or refuse (half a surrogate pair, NUL, very long) becomes the hash of its UTF-16 code units, so
 * that no two become equal.
 */
export const storedId = (deliveryId: string | null, hashOf: (content: Uint8Array) => string): string => {
  if (deliveryId === null) return ""
  if (mayName(deliveryId)) return keyedId(deliveryId, hashOf)
  if (deliveryId.length <= maxLength && deliveryId.isWellFormed() && !deliveryId.includes("\u0000")) {
    return deliveryId
  }
  return `sha256:${hash("sha256", Buffer.from(deliveryId, "utf16le"), "hex")}`
}

/** The id that the version before `body_hash` stored for a delivery without an id. */
export const formerId = (source: string, body: Uint8Array): string => {
  const digest = hash("sha256", body, "hex")
  return source === "import" ? `sha256:${digest}` : digest
}
