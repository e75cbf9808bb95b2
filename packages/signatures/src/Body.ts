/**
 * What the body of a delivery says: decompressed, in its charset, as JSON or as a form. Nothing here throws on hostile bytes,
 * but `parseJson` on a text that is not JSON.
 */
import { type ByteSize, Effect, Option, Result } from "effect"
import type { EncodingUnreadable } from "./EncodingUnreadable.ts"
import { parse } from "./internal/body.ts"
import { textOf } from "./internal/charset.ts"
import { codingsOf, undo } from "./internal/contentEncoding.ts"
import { isDeeper as isDeeperThan } from "./internal/depth.ts"
import { parseExact } from "./internal/exactJson.ts"
import { fieldsOf } from "./internal/form.ts"
import * as types from "./internal/mediaTypes.ts"

export { EncodingUnreadable, Reason } from "./EncodingUnreadable.ts"

/**
 * By lower-case names.
 *
 * @category models
 */
export type Headers = Readonly<Record<string, string | undefined>>

/**
 * What a body may be.
 *
 * @category models
 */
export type MediaType = types.MediaType

/**
 * Every media type that is read.
 *
 * @category constants
 */
export const anyMediaType = types.any

/**
 * The largest body after decompression where nothing else is said: 1 MiB.
 *
 * @category constants
 */
export const defaultMaxSize = 1024 * 1024

/**
 * Whether the sender compressed the body.
 *
 * @category accessors
 */
export const isEncoded = (headers: Headers): boolean => codingsOf(headers["content-encoding"]).length > 0

/**
 * The body before its Content-Encoding: gzip, deflate (with or without zlib's wrapper), br, or up to three of them. The same
 * bytes where there is none. Bounded by `maxSize` (default: 1 MiB) and, above 64 KiB, by 200 times the compressed size.
 *
 * @category decoding
 */
export const decompress = (
  headers: Headers,
  body: Uint8Array,
  options: { readonly maxSize?: number | ByteSize.ByteSize | undefined } = {}
): Effect.Effect<Uint8Array, EncodingUnreadable> => {
  const codings = codingsOf(headers["content-encoding"])
  return codings.length === 0 || body.length === 0
    ? Effect.succeed(body)
    : undo(codings, body, Number(options.maxSize ?? defaultMaxSize))
}

/**
 * The text of a decompressed body. Its charset is what a byte order mark says, else what the Content-Type says, else UTF-8.
 *
 * @category decoding
 */
export const text = (headers: Headers, body: Uint8Array): Result.Result<string, string> =>
  textOf(body, headers["content-type"])

/**
 * The value of a decompressed body. JSON is as it is, with large integers as strings (see `parseJson`). A form is a record of
 * its fields by their names as written (`data[email]`); a field that is sent several times is an array, a file is its name.
 * `mediaTypes` are what its sender sends: the Content-Type picks one of them. A body that is JSON and may be is no form. Fails with a reason that quotes nothing of the body.
 *
 * **Example** (A form)
 *
 * ```ts
 * import { Result } from "effect"
 * import { Body } from "@usher/signatures"
 *
 * const headers = { "content-type": "application/x-www-form-urlencoded" }
 * const body = new TextEncoder().encode("type=subscribe&data%5Bemail%5D=sam%40example.com")
 * console.log(Result.getOrThrow(Body.decode(headers, body))) // { type: 'subscribe', 'data[email]': 'sam@example.com' }
 * ```
 *
 * @category decoding
 */
export const decode = (
  headers: Headers,
  body: Uint8Array,
  mediaTypes = types.any
): Result.Result<unknown, string> =>
  Result.flatMap(read(headers, body, mediaTypes), ({ json, fields }) =>
    fields === undefined
      ? Result.fromOption(parse(json), () => notJson(headers, mediaTypes))
      : Result.succeed(recordOf(fields))
  )

/**
 * The same as JSON text, in which integers keep their digits. Of a body that is no form it is the body's own text, and may be
 * no JSON: `notJson` is the reason then.
 *
 * @category decoding
 */
export const toJson = (
  headers: Headers,
  body: Uint8Array,
  mediaTypes = types.any
): Result.Result<string, string> =>
  Result.map(read(headers, body, mediaTypes), ({ json, fields }) => json ?? jsonOfFields(fields))

/**
 * Like `JSON.parse`, but an integer beyond ±(2^53 − 1), which a double would round, becomes the string of its digits as
 * written. Throws a `SyntaxError` on a text that is not JSON.
 *
 * @category decoding
 */
export const parseJson: (text: string) => unknown = parseExact

/**
 * Whether JSON is nested deeper than so many levels, told without parsing it.
 *
 * @category predicates
 */
export const isDeeper: (json: string, levels: number) => boolean = isDeeperThan

/**
 * Why a body that is not JSON can't be read.
 *
 * @category reasons
 */
export const notJson = (headers: Headers, mediaTypes = types.any): string => {
  const mediaType = types.namedBy(headers["content-type"])
  return mediaTypes.length === 1 || jsonTypes.test(mediaType) || !/^[\w.+/-]{1,100}$/.test(mediaType)
    ? "the body is not JSON"
    : `the body is neither JSON nor a form but ${mediaType}`
}

const jsonTypes = /^$|[/+]json$|^text\/plain$|^application\/x-www-form-urlencoded$/

type Read =
  | { readonly json: string; readonly fields?: undefined }
  | { readonly json?: undefined; readonly fields: ReadonlyArray<Field> }

/** A field is JSON where `value` is not its text. */
interface Field {
  readonly name: string
  readonly text: string
  readonly value: unknown
}

const read = (
  headers: Headers,
  body: Uint8Array,
  mediaTypes: typeof types.any
): Result.Result<Read, string> => {
  const contentType = headers["content-type"]
  if (body.length === 0) return Result.fail("the body is empty")
  const type = types.typeOf(contentType, mediaTypes)
  if (type === types.json) return Result.map(textOf(body, contentType), (json) => ({ json }))
  if (!mediaTypes.includes(types.json)) return formOf(type, contentType, body)
  // `curl -d` calls everything a form.
  const json = Option.filter(Result.getSuccess(textOf(body, contentType)), looksLikeJson)
  return Option.match(json, {
    onSome: (json) => Result.succeed({ json }),
    onNone: () => formOf(type, contentType, body)
  })
}

/** A form may begin so, too, but then it has a `=` and is no JSON. */
const looksLikeJson = (text: string): boolean =>
  /^\s*[{[]/.test(text) && (!text.includes("=") || Option.isSome(parse(text)))

const formOf = (
  type: Exclude<MediaType, "application/json">,
  contentType: string | undefined,
  body: Uint8Array
): Result.Result<Read, string> =>
  Result.map(fieldsOf(type, contentType, body), (fields) => ({
    fields: fields.map(([name, text]) => ({ name, text, value: valueOf(name, text) }))
  }))

/** Jotform puts all its answers as JSON into `rawRequest`, GitHub and Slack put the event into `payload`. */
const jsonFields = new Set(["rawRequest", "payload"])

const valueOf = (name: string, text: string): unknown =>
  jsonFields.has(name)
    ? Option.getOrElse(
        Option.filter(parse(text), (value) => typeof value === "object" && value !== null),
        () => text
      )
    : text

const byName = (fields: ReadonlyArray<Field>) => [...Map.groupBy(fields, ({ name }) => name)]

const recordOf = (fields: ReadonlyArray<Field>): Record<string, unknown> =>
  Object.fromEntries(
    byName(fields).map(([name, all]) => [
      name,
      all.length === 1 ? all[0]?.value : all.map(({ value }) => value)
    ])
  )

/** JSON in a field stays as it is: its digits are not touched, and its depth overflows no stack. */
const jsonOfFields = (fields: ReadonlyArray<Field>): string => {
  const members = byName(fields).map(([name, all]) => {
    const values = all.map(({ text, value }) => (value === text ? JSON.stringify(text) : text))
    return `${JSON.stringify(name)}:${values.length === 1 ? values[0] : `[${values.join()}]`}`
  })
  return `{${members.join()}}`
}
