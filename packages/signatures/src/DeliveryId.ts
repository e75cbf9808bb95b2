/** The id by which a sender names a delivery, as data: where the sender puts it, or what it is composed of. */
import { Schema } from "effect"
import type { MediaType } from "./Body.ts"
import type { Delivery } from "./Delivery.ts"
import { type Reader, readerOf, valuesOf } from "./internal/fields.ts"
import { storable } from "./internal/crypto.ts"

const hashed = Schema.optionalKey(Schema.Literal(true)).annotateKey({
  description: "use a hash of the value in the id, because it names a person"
})

export { ofDeliveryId as headersRead, ofField as fieldHeadersRead } from "./internal/headersRead.ts"

/**
 * One value of a delivery: a header, a dotted path into the JSON body (`*` for every element of an array), or a field of
 * a form. A path into a form starts with the name of its field, whose value may be JSON (`payload.action`).
 *
 * @category models
 * @since 0.1.0
 */
export const Field = Schema.Union([
  Schema.Struct({
    header: Schema.NonEmptyString.annotateKey({ description: "the header that holds the id" }),
    with: Schema.optionalKey(Schema.NonEmptyString).annotateKey({
      description: "use the header only where this other header is present"
    })
  }),
  Schema.Struct({
    json: Schema.NonEmptyString.annotateKey({
      description: "a dotted path into the JSON body; * for every element of an array"
    }),
    hashed
  }),
  Schema.Struct({
    form: Schema.NonEmptyString.annotateKey({ description: "the field of the form that holds the id" }),
    hashed
  })
])

/**
 * One value of a delivery.
 *
 * @category models
 * @since 0.1.0
 */
export type Field = typeof Field.Type

const All = Schema.Struct({
  all: Schema.NonEmptyArray(Field).annotateKey({
    description: "several that compose the id, all of them needed"
  })
})

/**
 * A field; several that compose the id, all of them needed; or the first of several that is there. To make a part
 * optional, put the composition with it before the one without it into `first`.
 *
 * `{ body: "sha256" }` says that the sender gives no id. The hash of a body tells no retry from a second sign-up with the
 * same words, so it is no id.
 *
 * @category models
 * @since 0.1.0
 */
export const DeliveryId = Schema.Union([
  ...Field.members,
  All,
  Schema.Struct({
    first: Schema.NonEmptyArray(Schema.Union([...Field.members, All])).annotateKey({
      description: "the first of several that is there"
    })
  }),
  Schema.Struct({
    body: Schema.Literal("sha256").annotateKey({
      description: "the sender gives no id: an equal body counts as a retry for a limited time"
    })
  })
])

/**
 * Where the sender puts the id of a delivery.
 *
 * @category models
 * @since 0.1.0
 */
export type DeliveryId = typeof DeliveryId.Type

/**
 * The id that the sender gave this delivery; `undefined` where it gave none. Pure. The body is parsed only when the id
 * stands in it, and a large integer keeps its digits. An id that is longer than 255 characters, holds NUL or is not
 * well-formed Unicode is replaced by `sha256:` and a hash of it, so that no two ids become equal. `mediaTypes` are what the
 * body may be. Default: all.
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
 * @since 0.1.0
 */
export const of = (
  spec: DeliveryId,
  delivery: Delivery,
  mediaTypes?: readonly [MediaType, ...Array<MediaType>]
): string | undefined => read(spec, readerOf(delivery, mediaTypes))

/**
 * The id as it can be stored, of a delivery that `reader` reads.
 *
 * @internal
 */
export const read = (spec: DeliveryId, reader: Reader): string | undefined => {
  const id = find(spec, reader)
  return id === undefined ? undefined : storable(id)
}

/**
 * The id as it was sent, of a delivery that `reader` reads.
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

// So that "a:b" with "c" is not "a" with "b:c".
const escape = (value: string): string => value.replaceAll("%", "%25").replaceAll(":", "%3A")
