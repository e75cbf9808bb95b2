/** What makes two deliveries of one source the same: the sender's id, and the content. */
import type { Delivery } from "./Delivery.ts"
import { read } from "./DeliveryId.ts"
import { contentOf as contentOfRead } from "./internal/content.ts"
import { readerOf } from "./internal/fields.ts"
import { formerIds as formerIdsRead } from "./internal/formerIds.ts"
import type { Sender } from "./Sender.ts"
import type { Verified } from "./Verified.ts"

/**
 * What two deliveries of one source are compared by.
 *
 * @category models
 */
export interface Identity {
  /** The id that the signature covers, else the one that the sender's row or the configuration names. */
  readonly deliveryId: string | undefined
  /** The bytes that two deliveries with one id are compared by. */
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
  // In this order: the content takes fields out of the JSON.
  const deliveryId = verified?.deliveryId ?? read(sender.deliveryId, reader)
  return { deliveryId, content: contentOfRead(sender.retryFields, reader) }
}

/** Whether the content is the body as it is. */
const isWhole = ({ retryFields = [] }: Pick<Sender, "retryFields">, { headers }: Delivery): boolean =>
  retryFields.length === 0 && !/^\s*multipart/i.test(headers["content-type"] ?? "")

/**
 * The bytes that are compared to tell a retry from another delivery: the body, without the fields that the sender changes
 * between its own retries (`retryFields`). Of a form in parts the boundary is left out, which is another one each time.
 *
 * @category accessors
 */
export const contentOf = (
  sender: Pick<Sender, "retryFields"> & Partial<Pick<Sender, "mediaTypes">>,
  delivery: Delivery
): Uint8Array => contentOfRead(sender.retryFields, readerOf(delivery, sender.mediaTypes))

/**
 * The ids under which the version before hashes of bodies would have stored a delivery, as it was sent: by the sender's row of
 * that time, with large integers rounded, or the hash of the body where that row found no id. One of them may be the present
 * id.
 *
 * @category accessors
 */
export const formerIds = (
  sender: Pick<Sender, "name" | "deliveryId">,
  sent: Delivery
): ReadonlyArray<string> => formerIdsRead(sender, sent)
