/** The names of events in a body that has been decoded. */
import type { Delivery } from "../Delivery.ts"
import type { Field } from "../DeliveryId.ts"

/** Every name at the field that is there, each once. */
export const namesAt = (
  field: Field,
  headers: Delivery["headers"],
  value: unknown
): ReadonlyArray<string> => {
  if ("header" in field) return texts([headers[field.header.toLowerCase()]])
  const path = "json" in field ? field.json.split(".") : [field.form]
  let found: ReadonlyArray<unknown> = [value]
  for (const step of path) found = found.flatMap((value) => children(value, step))
  return texts(found)
}

const children = (value: unknown, step: string): ReadonlyArray<unknown> => {
  if (step === "*") return Array.isArray(value) ? value : []
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return []
  const child: unknown = Reflect.get(value, step)
  return [child]
}

const texts = (values: ReadonlyArray<unknown>): ReadonlyArray<string> => [
  ...new Set(values.flatMap((value) => (typeof value === "string" && value !== "" ? [value] : [])))
]
