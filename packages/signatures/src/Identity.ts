/** Identifies repeated deliveries of one source by the sender's id and the content. */
import type { Delivery } from "./Delivery.ts"
import { read } from "./DeliveryId.ts"
import { contentOf as contentOfRead } from "./internal/content.ts"
import { readerOf } from "./internal/fields.ts"
import { formerIds as formerIdsRead } from "./internal/formerIds.ts"
import type { Sender } from "./Sender.ts"
import type { Verified } from "./Verified.ts"

/**
 * The identity of a delivery: two deliveries of one source are compared by it.
 *
 * @category models
 */
export interface Identity {
  /** The id that the signature covers, else the id by the sender's row or the configuration. */
  readonly deliveryId: string | undefined
  /** The bytes by which two deliveries with the same id are compared. */
  readonly content: Uint8Array
}

/**
 * The identity of a delivery whose body has been decompressed. The body is parsed at most once.
 *
 * **Example** (A retry that counts its attempts)
 *
 * ```ts
 * import { Delivery, Identity } from "@usher/signatures"
 *
 * const sender = { deliveryId: { json: "id" }, retryFields: ["attempt"] } as const
 * const attempt = (n: number) => Delivery.make({ headers: {}, body: `{"id":"a","attempt":${n}}` })
 * const [first, second] = [Identity.of(sender, attempt(1)), Identity.of(sender, attempt(2))]
 * console.log(first.deliveryId, Buffer.compare(first.content, second.content)) // a 0
 * ```
 *
 * @category accessors
 */
export const of = (
  sender: Pick<Sender, "deliveryId" | "retryFields"> & Partial<Pick<Sender, "mediaTypes">>,
  delivery: Delivery,
  verified?: Pick<Verified, "deliveryId">
): Identity => {
  if (verified?.deliveryId !== undefined && isWhole(sender, delivery)) {
    return { deliveryId: verified.deliveryId, content: delivery.body }
  }
  const reader = readerOf(delivery, sender.mediaTypes)
  // The id is read first: computing the content removes fields from the JSON.
  const deliveryId = verified?.deliveryId ?? read(sender.deliveryId, reader)
  return { deliveryId, content: contentOfRead(sender.retryFields, reader) }
}

/** Whether the content is the unchanged body. */
const isWhole = ({ retryFields = [] }: Pick<Sender, "retryFields">, { headers }: Delivery): boolean =>
  retryFields.length === 0 && !/^\s*multipart/i.test(headers["content-type"] ?? "")

/**
 * The bytes that distinguish a retry from another delivery: the body without the fields that the sender changes between
 * retries (`retryFields`), and without the boundary of a multipart form, which changes each time.
 *
 * @category accessors
 */
export const contentOf = (
  sender: Pick<Sender, "retryFields"> & Partial<Pick<Sender, "mediaTypes">>,
  delivery: Delivery
): Uint8Array => contentOfRead(sender.retryFields, readerOf(delivery, sender.mediaTypes))

/**
 * The ids that an earlier version would have stored for a delivery as sent: by the sender's row of that time, with large
 * integers rounded, or the hash of the body if that row found no id. One of them may be the current id.
 *
 * @category accessors
 */
export const formerIds = (
  sender: Pick<Sender, "name" | "deliveryId">,
  sent: Delivery
): ReadonlyArray<string> => formerIdsRead(sender, sent)
