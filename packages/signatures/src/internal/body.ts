/** Reading single values out of a body that nobody has validated. Nothing here throws on hostile bytes. */
import type { Delivery } from "../Delivery.ts"
import { textOf } from "./crypto.ts"

export const jsonOf = (body: Uint8Array): unknown => {
  try {
    const text = textOf(body)
    // Only a number of 16 digits or more can be one that a double rounds.
    const json: unknown = /\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)
    return json
  } catch {
    return undefined
  }
}

/** An integer that a double can't hold becomes the text of its digits. */
const keepDigits = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
    ? context?.source
    : value

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
  const type = delivery.headers["content-type"] ?? ""
  if (!/^multipart\/form-data/i.test(type)) return new URLSearchParams(text).get(name) ?? undefined
  // Cut at the boundary, and not searched for the name: whoever fills in the form may write `name="…"` into a field.
  const boundary = /;\s*boundary="?([^";]+)"?/i.exec(type)?.[1]
  if (boundary === undefined) return undefined
  for (const part of text.split(`--${boundary}`)) {
    const end = part.indexOf("\r\n\r\n")
    if (end !== -1 && part.slice(0, end).includes(`; name="${name}"`)) {
      return part.slice(end + 4).replace(/\r\n$/, "")
    }
  }
  return undefined
}
