/**
 * Reads the body of a delivery: decompressed, in its charset, as JSON or as a form. Nothing throws.
 */
import { type ByteSize, Effect, Option, Result } from "effect"
import type { EncodingUnreadable } from "./EncodingUnreadable.ts"
import { parse } from "./internal/body.ts"
import { textOf } from "./internal/charset.ts"
import { codingsOf, undo } from "./internal/contentEncoding.ts"
import { isCostly, isDeeper as isDeeperThan } from "./internal/depth.ts"
import { fieldsOf } from "./internal/form.ts"
import * as types from "./internal/mediaTypes.ts"
import type { Fields } from "./internal/multipart.ts"

export { EncodingUnreadable, Reason } from "./EncodingUnreadable.ts"

/**
 * Headers by lower-case names.
 *
 * @category models
 */
export type Headers = Readonly<Record<string, string | undefined>>

/**
 * A media type that is read.
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
 * The default limit of a body after decompression: 1 MiB.
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
 * Undoes the Content-Encoding of a body: gzip, deflate (with or without the zlib header), br, or up to three of them. Returns
 * the same bytes if there is none. Limited by `maxSize` (default: 1 MiB) and, above 64 KiB, by 200 times the compressed size.
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
 * The text of a decompressed body. Its charset is that of a byte order mark, else that of the Content-Type, else UTF-8.
 *
 * @category decoding
 */
export const text = (headers: Headers, body: Uint8Array): Result.Result<string, string> =>
  textOf(body, headers["content-type"])

/**
 * The value of a decompressed body. JSON keeps its structure, with large integers as strings (see `ExactJson`). A form becomes
 * a record of its fields by name as written (`data[email]`); a repeated field is an array, and a file is its name. The
 * Content-Type selects one of `mediaTypes`, the types that the sender uses. A body that is JSON is not read as a form if JSON
 * is one of them. Fails with a reason that quotes nothing of the body. JSON of more than 65,536 characters may be nested 5,000
 * levels deep: parsing it takes far longer than its length suggests.
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
  Result.flatMap(toJson(headers, body, mediaTypes), (json) =>
    Result.fromOption(parse(json), () => (isCostly(json) ? tooDeep : notJson(headers, mediaTypes)))
  )

/**
 * The same as JSON text, in which integers keep their digits. For a body that is not a form it is the body's own text, which
 * may not be JSON: then `notJson` is the reason.
 *
 * @category decoding
 */
export const toJson = (
  headers: Headers,
  body: Uint8Array,
  mediaTypes = types.any
): Result.Result<string, string> => {
  const contentType = headers["content-type"]
  if (body.length === 0) return Result.fail("the body is empty")
  const type = types.typeOf(contentType, mediaTypes)
  if (type === types.json) return textOf(body, contentType)
  const form = () => Result.map(fieldsOf(type, contentType, body), jsonOfFields)
  if (!mediaTypes.includes(types.json)) return form()
  // `curl -d` calls everything a form.
  return Result.orElse(
    Result.filterOrFail(textOf(body, contentType), looksLikeJson, () => ""),
    form
  )
}

/**
 * Whether JSON is nested deeper than so many levels, without parsing it.
 *
 * @category predicates
 */
export const isDeeper: (json: string, levels: number) => boolean = isDeeperThan

/**
 * The reason why a body that is not JSON can't be read.
 *
 * @category reasons
 */
export const notJson = (headers: Headers, mediaTypes = types.any): string => {
  const mediaType = types.namedBy(headers["content-type"])
  return mediaTypes.length === 1 || jsonTypes.test(mediaType) || !/^[\w.+/-]{1,100}$/.test(mediaType)
    ? "the body is not JSON"
    : `the body is neither JSON nor a form but ${mediaType}`
}

const tooDeep = "the JSON of the body is nested too deeply"

const jsonTypes = /^$|[/+]json$|^text\/plain$|^application\/x-www-form-urlencoded$/

/** A form may begin in the same way, but then it has a `=` and is not JSON. */
const looksLikeJson = (text: string): boolean =>
  /^\s*[{[]/.test(text) && (!text.includes("=") || isCostly(text) || Option.isSome(parse(text)))

/** Jotform puts all its answers as JSON into `rawRequest`, GitHub and Slack put the event into `payload`. */
const jsonFields = new Set(["rawRequest", "payload"])

const isJsonField = (name: string, text: string): boolean =>
  jsonFields.has(name) && Option.exists(parse(text), (value) => typeof value === "object" && value !== null)

/** JSON in a field stays as it is, with its digits. JSON that is nested too deeply is text like any other. */
const jsonOfFields = (fields: Fields): string => {
  const members = [...Map.groupBy(fields, ([name]) => name)].map(([name, all]) => {
    const values = all.map(([, text]) => (isJsonField(name, text) ? text : JSON.stringify(text)))
    return `${JSON.stringify(name)}:${values.length === 1 ? values[0] : `[${values.join()}]`}`
  })
  return `{${members.join()}}`
}
