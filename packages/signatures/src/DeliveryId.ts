/** What makes two deliveries one and the same, as data: where a sender puts its id, or what one is composed of. */
import { Schema } from "effect"
import type { Delivery } from "./Delivery.ts"
import { formField, jsonOf, valuesAt } from "./internal/body.ts"
import { sha256Hex } from "./internal/crypto.ts"

export { ofDeliveryId as headersRead, ofField as fieldHeadersRead } from "./internal/headersRead.ts"

/**
 * One value of a delivery: a header, a dotted path into a JSON body (`*` for every element of an array), or a field
 * of a form.
 *
 * @category models
 * @since 0.1.0
 */
export const Field = Schema.Union([
  Schema.Struct({
    header: Schema.NonEmptyString.annotateKey({ description: "the header that holds the id" })
  }),
  Schema.Struct({
    json: Schema.NonEmptyString.annotateKey({
      description: "a dotted path into the JSON body; * for every element of an array"
    })
  }),
  Schema.Struct({
    form: Schema.NonEmptyString.annotateKey({ description: "the field of the form that holds the id" })
  })
])

/**
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
 * A field; several that compose the id, all of them needed; the first of several that is there; or the body itself.
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
  Schema.Struct({ body: Schema.Literal("sha256").annotateKey({ description: "the SHA-256 of the body" }) })
])

/**
 * @category models
 * @since 0.1.0
 */
export type DeliveryId = typeof DeliveryId.Type

/**
 * The id of a delivery. Pure; the body is parsed only when the id stands in it. Without the id that was looked for it
 * is the hex SHA-256 of the body, so that there always is one. Ids longer than 255 characters become their SHA-256.
 *
 * @category accessors
 * @since 0.1.0
 */
export const of = (spec: DeliveryId, delivery: Delivery): string => {
  const id = find(spec, delivery)
  if (id === undefined) return sha256Hex(delivery.body)
  return id.length > 255 ? sha256Hex(id) : id
}

const find = (spec: DeliveryId, delivery: Delivery): string | undefined => {
  if ("body" in spec) return undefined
  if ("header" in spec) return headerOf(spec.header, delivery)
  if ("all" in spec) return compose(spec.all, delivery)
  if (!("first" in spec)) return compose([spec], delivery)
  for (const candidate of spec.first) {
    const id = find(candidate, delivery)
    if (id !== undefined) return id
  }
  return undefined
}

const compose = (fields: ReadonlyArray<Field>, delivery: Delivery): string | undefined => {
  const json = fields.some((field) => "json" in field) ? jsonOf(delivery.body) : undefined
  const found = fields.map((field) => valuesOf(field, delivery, json))
  if (found.some((values) => values.length === 0)) return undefined
  const values = found.flat()
  return values.length === 1 ? values[0] : values.map(escape).join(":")
}

const valuesOf = (field: Field, delivery: Delivery, json: unknown): ReadonlyArray<string> => {
  if ("json" in field) return valuesAt(json, field.json)
  const value = "header" in field ? headerOf(field.header, delivery) : formField(delivery, field.form)
  return value ? [value] : []
}

const headerOf = (name: string, { headers }: Delivery): string | undefined =>
  headers[name.toLowerCase()] || undefined

// So that "a:b" with "c" is not "a" with "b:c".
const escape = (value: string): string => value.replaceAll("%", "%25").replaceAll(":", "%3A")
