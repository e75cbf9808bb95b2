/** Reads single values from an untrusted body. Never throws. */
import { Option, Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import { textOf } from "./charset.ts"
import { isCostly } from "./depth.ts"
import { parseExact } from "./exactJson.ts"
import { fieldsOf } from "./form.ts"
import { json, type MediaType } from "./mediaTypes.ts"

/**
 * Parses JSON with large integers as strings of their digits. `undefined` for a body that is not JSON, is nested too deeply, or
 * is not well-formed UTF-8 or UTF-16.
 */
export const jsonOf = (body: Uint8Array, contentType?: string): unknown =>
  Result.match(textOf(body, contentType), {
    onSuccess: (text) => Option.getOrUndefined(parse(text)),
    onFailure: () => undefined
  })

/** None for a text that is not JSON or is nested too deeply. */
export const parse = (text: string): Option.Option<unknown> => (isCostly(text) ? Option.none() : parsed(text))

const parsed = Option.liftThrowable(parseExact)

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/**
 * The scalar values at a dotted path; a number is the index of an array, `*` every element. Empty if any of them is missing.
 */
export const valuesAt = (json: unknown, path: string): ReadonlyArray<string> => {
  let found: ReadonlyArray<unknown> = [json]
  for (const step of path.split(".")) {
    found = found.flatMap((value): ReadonlyArray<unknown> => {
      if (step === "*") return Array.isArray(value) ? value : [undefined]
      const isThere = isRecord(value) && Object.hasOwn(value, step)
      return [isThere && (!Array.isArray(value) || /^\d+$/.test(step)) ? value[step] : undefined]
    })
  }
  const scalars = found.flatMap((value) =>
    (typeof value === "string" && value !== "") || typeof value === "number" ? [String(value)] : []
  )
  return scalars.length === found.length ? scalars : []
}

/** The first value of a field of a form, urlencoded or multipart. `undefined` for JSON. */
export const formField = ({ headers, body }: Delivery, name: string, type: MediaType): string | undefined =>
  Result.match(type === json ? Result.succeed([]) : fieldsOf(type, headers["content-type"], body), {
    onSuccess: (fields) => fields.find(([field]) => field === name)?.[1],
    onFailure: () => undefined
  })
