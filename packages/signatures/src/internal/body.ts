/** Reading single values out of a body that nobody has validated. Nothing here throws on hostile bytes. */
import { Option, Schema } from "effect"
import type { Delivery } from "../Delivery.ts"
import { textOf } from "./crypto.ts"

const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

export const jsonOf = (body: Uint8Array): unknown => Option.getOrUndefined(decodeJson(textOf(body)))

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/** The scalar values at a dotted path; `*` stands for every element of an array. Empty when any of them is missing. */
export const valuesAt = (json: unknown, path: string): ReadonlyArray<string> => {
  let found: ReadonlyArray<unknown> = [json]
  for (const step of path.split(".")) {
    found = found.flatMap((value): ReadonlyArray<unknown> => {
      if (step === "*") return Array.isArray(value) ? value : [undefined]
      return [isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined]
    })
  }
  const scalars = found.flatMap((value) =>
    (typeof value === "string" && value !== "") || typeof value === "number" ? [String(value)] : []
  )
  return scalars.length === found.length ? scalars : []
}

/** One field of a form, urlencoded or multipart (the latter by its plain text parts only). */
export const formField = (delivery: Delivery, name: string): string | undefined => {
  const text = textOf(delivery.body)
  if (!delivery.headers["content-type"]?.toLowerCase().startsWith("multipart/form-data")) {
    return new URLSearchParams(text).get(name) ?? undefined
  }
  const start = text.indexOf(`name="${name}"`)
  const from = start === -1 ? -1 : text.indexOf("\r\n\r\n", start)
  const to = from === -1 ? -1 : text.indexOf("\r\n--", from + 2)
  return to === -1 ? undefined : text.slice(from + 4, to)
}
