/** The single values of a delivery that ids and events are read from. A body is parsed once, and only when it is asked. */
import type { Delivery } from "../Delivery.ts"
import { formField, jsonOf, valuesAt } from "./body.ts"
import type { Field } from "./deliveryIdSpec.ts"
import * as types from "./mediaTypes.ts"
import { sha256Hex, utf8 } from "./crypto.ts"

export interface Reader {
  readonly delivery: Delivery
  /** As what the body is read, unless it is JSON and may be. */
  readonly type: () => types.MediaType
  /** The JSON of the body in its charset; `undefined` where it is none, or has bytes that are not of the charset. */
  readonly json: () => unknown
  /** Of what is read as a form. */
  readonly form: (name: string) => string | undefined
}

/** By default a body may be anything. */
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

/** The values of a field, none of them empty; none where one of them is missing. */
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

// 128 bits: enough that two addresses never share one.
const shortHash = (value: string): string => sha256Hex(utf8(value)).slice(0, 32)

/** A form has fields where JSON has keys, and some senders put JSON into one of them. */
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
