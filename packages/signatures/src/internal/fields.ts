/** Reads the values of a delivery for ids and events. The body is parsed at most once, and only if needed. */
import type { Delivery } from "../Delivery.ts"
import { formField, jsonOf, valuesAt } from "./body.ts"
import type { Field } from "./deliveryIdSpec.ts"
import * as types from "./mediaTypes.ts"
import { sha256Hex, utf8 } from "./crypto.ts"

export interface Reader {
  readonly delivery: Delivery
  /** The type as which the body is read, unless it is JSON and JSON is possible. */
  readonly type: () => types.MediaType
  /** The JSON of the body in its charset; `undefined` if it is not JSON, or has bytes outside of the charset. */
  readonly json: () => unknown
  /** A field of a body that is read as a form. */
  readonly form: (name: string) => string | undefined
}

/** By default a body may have any type. */
export const readerOf = (delivery: Delivery, mediaTypes = types.any): Reader => {
  const contentType = delivery.headers["content-type"]
  const type = () => types.typeOf(contentType, mediaTypes)
  let json: { readonly value: unknown } | undefined
  let fields: Map<string, string | undefined> | undefined
  return {
    delivery,
    type,
    json: () => {
      json ??= { value: mediaTypes.includes(types.json) ? jsonOf(delivery.body, contentType) : undefined }
      return json.value
    },
    form: (name) => {
      fields ??= new Map()
      if (!fields.has(name)) fields.set(name, formField(delivery, name, type()))
      return fields.get(name)
    }
  }
}

/** The values of a field, none of which is empty. No values if one of them is missing. */
export const valuesOf = (field: Field, reader: Reader): ReadonlyArray<string> => {
  if ("header" in field) {
    const { headers } = reader.delivery
    if (field.with !== undefined && !headers[field.with.toLowerCase()]) return []
    return some(headers[field.header.toLowerCase()])
  }
  const values = "json" in field ? jsonValues(field.json, reader) : some(reader.form(field.form))
  return field.hashed === true ? values.map(shortHash) : values
}

const some = (value: string | undefined): ReadonlyArray<string> => (value ? [value] : [])

// 128 bits, so that no two addresses share a hash.
const shortHash = (value: string): string => sha256Hex(utf8(value)).slice(0, 32)

/** A form has fields instead of keys, and some senders put JSON into one of them. */
const jsonValues = (path: string, reader: Reader): ReadonlyArray<string> => {
  const json = reader.json()
  if (json !== undefined) return valuesAt(json, path)
  if (reader.type() === types.json) return []
  const [name = "", ...rest] = path.split(".")
  const value = reader.form(name)
  return value === undefined || rest.length === 0
    ? some(value)
    : valuesAt(jsonOf(utf8(value)), rest.join("."))
}
