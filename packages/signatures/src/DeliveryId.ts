/** Where a sender puts the id of a delivery, or the values that compose it, as data. */
import type { MediaType } from "./Body.ts"
import type { Delivery } from "./Delivery.ts"
import type { DeliveryId, Field } from "./internal/deliveryIdSpec.ts"
import { type Reader, readerOf, valuesOf } from "./internal/fields.ts"
import { storable } from "./internal/crypto.ts"

export { DeliveryId, Field } from "./internal/deliveryIdSpec.ts"
export { ofDeliveryId as headersRead, ofField as fieldHeadersRead } from "./internal/headersRead.ts"

/**
 * The sender's id of this delivery; `undefined` without one. The body is parsed only if the id is in it, and a large integer
 * keeps its digits. An id that is longer than 255 characters, holds NUL or is not well-formed Unicode is replaced by `sha256:`
 * and its hash, so that no two ids become equal. `mediaTypes` are the possible types of the body. Default: all.
 *
 * **Example** (Two values that compose the id)
 *
 * ```ts
 * import { Delivery, DeliveryId } from "@usher/signatures"
 *
 * const delivery = Delivery.make({ headers: { "X-Event": "created" }, body: '{"data":{"id":7}}' })
 * console.log(DeliveryId.of({ all: [{ json: "data.id" }, { header: "X-Event" }] }, delivery)) // 7:created
 * ```
 *
 * @category accessors
 */
export const of = (
  spec: DeliveryId,
  delivery: Delivery,
  mediaTypes?: readonly [MediaType, ...Array<MediaType>]
): string | undefined => read(spec, readerOf(delivery, mediaTypes))

/**
 * The id of the reader's delivery, as it can be stored.
 *
 * @internal
 */
export const read = (spec: DeliveryId, reader: Reader): string | undefined => {
  const id = find(spec, reader)
  return id === undefined ? undefined : storable(id)
}

/**
 * The id of the reader's delivery, as it was sent.
 *
 * @internal
 */
export const find = (spec: DeliveryId, reader: Reader): string | undefined => {
  if ("body" in spec) return undefined
  if ("all" in spec) return compose(spec.all, reader)
  if (!("first" in spec)) return compose([spec], reader)
  for (const candidate of spec.first) {
    const id = find(candidate, reader)
    if (id !== undefined) return id
  }
  return undefined
}

const compose = (fields: ReadonlyArray<Field>, reader: Reader): string | undefined => {
  const values: Array<string> = []
  for (const field of fields) {
    const found = valuesOf(field, reader)
    if (found.length === 0) return undefined
    values.push(...found)
  }
  return values.length === 1 ? values[0] : values.map(escape).join(":")
}

// Otherwise "a:b" with "c" would equal "a" with "b:c".
const escape = (value: string): string => value.replaceAll("%", "%25").replaceAll(":", "%3A")
