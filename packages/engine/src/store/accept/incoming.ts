/** Webhooks on their way into the table, and what tells one from another: the sender's id, and a keyed hash of the content. */
import { Clock, DateTime, Effect } from "effect"
import { createHmac, hash } from "node:crypto"
import type { NewWebhook } from "@usher/model/Webhook"
import type { Store } from "../rows/store.ts"

export interface Incoming {
  readonly id: string
  readonly webhook: NewWebhook
  /** The name of the relay that accepts it. */
  readonly relay: string
  /** As stored: '' for none. */
  readonly deliveryId: string
  /** Of the content. */
  readonly hash: string
  /** In milliseconds. */
  readonly receivedAt: number
}

/** Where a row belongs among those with the same id, or with the same body and no id. */
export interface Place {
  /** The first webhook with the id, where that one has another body. */
  readonly firstWebhook: string | null
  /** Of the body without an id: how many sign-ups came before. */
  readonly occurrence: number
}

/** The place of most: nothing like it is there. */
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
 * Two relays that store the same deliveries take their locks in one order, and never wait for each other in a ring. Of those
 * with one id, the first that came is the first in the table.
 */
export const inKeyOrder = (all: ReadonlyArray<Incoming>) =>
  all.toSorted((a, b) => byId(a, b) || (a.deliveryId === "" ? compare(a.hash, b.hash) : 0))

/** The same for those that are not the first with their id. */
export const inHashOrder = (all: ReadonlyArray<Incoming>) =>
  all.toSorted((a, b) => byId(a, b) || compare(a.hash, b.hash))

const byId = (a: Incoming, b: Incoming) =>
  compare(a.webhook.source, b.webhook.source) || compare(a.deliveryId, b.deliveryId)

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Identities differ from every other use of the database's key. */
const purpose = "usher: the content of a webhook"

/** The block of SHA-256, in bytes. */
const block = 64

/** Up to this length the content is copied behind the key, which is the faster way. */
const longestCopy = 65_536

/**
 * Makes HMAC-SHA256 under a key derived from the database's, cut to 132 bits (RFC 2104, section 5, asks for at least half of
 * the hash). Two calls of `hash` on reused buffers cost a tenth of one `createHmac`.
 * docs/decisions/0011-keyed-hashes-for-identity.md
 */
export const hashing = (personKey: string) => {
  const key = createHmac("sha256", Buffer.from(personKey, "base64")).update(purpose).digest()
  const inner = Buffer.concat([padded(key, 0x36), Buffer.alloc(longestCopy)])
  const outer = Buffer.concat([padded(key, 0x5c), Buffer.alloc(32)])
  const hmac = (content: Uint8Array): string => {
    inner.set(content, block)
    outer.write(hash("sha256", inner.subarray(0, block + content.length), "binary"), block, "binary")
    return hash("sha256", outer, "base64url")
  }
  return (content: Uint8Array): string =>
    (content.length <= longestCopy
      ? hmac(content)
      : createHmac("sha256", key).update(content).digest("base64url")
    ).slice(0, 22)
}

const padded = (key: Uint8Array, byte: number): Uint8Array =>
  Uint8Array.from({ length: block }, (_, at) => (key[at] ?? 0) ^ byte)

/** In any script, an id of this length fits into an index of Postgres. */
const maxLength = 255

/** An id that names a person, as it is stored: retries are known by the keyed hash, and nobody can read who it is. */
export const keyedId = (deliveryId: string, hashOf: (content: Uint8Array) => string): string =>
  `keyed:${hashOf(Buffer.from(deliveryId, "utf16le"))}`

/** Whether an address may stand in it, also in a part that composition or a URL has escaped. */
const mayName = (deliveryId: string): boolean => deliveryId.includes("@") || deliveryId.includes("%40")

/**
 * An id as it is stored: '' for none. One in which an address may stand is replaced by a keyed hash. One that a database would change or refuse (half a surrogate pair, NUL, very long) is
 * replaced by the hash of its UTF-16 code units, so that no two become equal.
 */
export const storedId = (deliveryId: string | null, hashOf: (content: Uint8Array) => string): string => {
  if (deliveryId === null) return ""
  if (mayName(deliveryId)) return keyedId(deliveryId, hashOf)
  if (deliveryId.length <= maxLength && deliveryId.isWellFormed() && !deliveryId.includes("\u0000")) {
    return deliveryId
  }
  return `sha256:${hash("sha256", Buffer.from(deliveryId, "utf16le"), "hex")}`
}

/** What the version before `body_hash` stored for a delivery without an id. */
export const formerId = (source: string, body: Uint8Array): string => {
  const digest = hash("sha256", body, "hex")
  return source === "import" ? `sha256:${digest}` : digest
}
