/**
 * What a webhook's body says, by its content type: JSON, a form, or a form in parts. Nothing here throws on hostile bytes.
 */
import { Option, Predicate, Result, Schema } from "effect"
import { MultipartParser } from "effect/http"

const utf8 = new TextDecoder("utf-8", { fatal: true })

type Headers = Readonly<Record<string, string | undefined>>

/**
 * JSON as it is. A form as a record of its fields by their names as they are written (`data[email]`); one that is sent
 * several times is an array. Fails with why, which quotes nothing of the body.
 */
export const decode = (headers: Headers, body: Uint8Array): Result.Result<unknown, string> =>
  Result.flatMap(read(headers, body), ({ json, fields }) =>
    json === undefined ? Result.succeed(fields) : Result.fromOption(parse(json), () => notJson(headers))
  )

/** The same as text for `JSON.parse`, which may fail: then it is `notJson`. */
export const jsonOf = (headers: Headers, body: Uint8Array): Result.Result<string, string> =>
  Result.map(read(headers, body), ({ json, fields }) => json ?? JSON.stringify(fields))

type Read =
  | { readonly json: string; readonly fields?: undefined }
  | { readonly json?: undefined; readonly fields: Readonly<Record<string, unknown>> }

const read = (headers: Headers, body: Uint8Array): Result.Result<Read, string> => {
  const mediaType = mediaTypeOf(headers)
  if (body.length === 0) return Result.fail("the body is empty")
  if (mediaType === "multipart/form-data") {
    return Result.map(multipart(headers["content-type"] ?? "", body), (fields) => ({ fields }))
  }
  return Result.map(textOf(body), (text) =>
    // What `curl -d` sends is called a form whatever it is, and no form begins so.
    mediaType === "application/x-www-form-urlencoded" && !/^\s*[{[]/.test(text)
      ? { fields: recordOf(new URLSearchParams(text)) }
      : { json: text }
  )
}

const mediaTypeOf = (headers: Headers): string =>
  headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase() ?? ""

const textOf = (body: Uint8Array) =>
  Result.try({ try: () => utf8.decode(body), catch: () => "the body is not UTF-8" })

const parse = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

const jsonTypes = /^$|[/+]json$|^text\/plain$|^application\/x-www-form-urlencoded$/

/** Why a body that is none is not read. */
export const notJson = (headers: Headers): string => {
  const mediaType = mediaTypeOf(headers)
  return jsonTypes.test(mediaType) || !/^[\w.+/-]{1,100}$/.test(mediaType)
    ? "the body is not JSON"
    : `the body is neither JSON nor a form but ${mediaType}`
}

const recordOf = (fields: Iterable<readonly [name: string, value: string]>): Record<string, unknown> => {
  const values = new Map<string, Array<unknown>>()
  for (const [name, value] of fields) {
    const read = jsonField(name, value)
    const before = values.get(name)
    if (before === undefined) values.set(name, [read])
    else before.push(read)
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0] : all]))
}

/** Jotform puts all its answers, as JSON, into one field. */
const jsonField = (name: string, value: string): unknown =>
  name === "rawRequest"
    ? Option.getOrElse(Option.filter(parse(value), Predicate.isObject), () => value)
    : value

const multipart = (contentType: string, body: Uint8Array) => {
  const fields: Array<readonly [string, string]> = []
  let wrong: string | undefined
  const parser = MultipartParser.make({
    headers: { "content-type": contentType },
    maxParts: 10_000,
    maxFieldSize: body.length,
    onField: (info, value) => void fields.push([info.name, MultipartParser.decodeField(info, value)]),
    // Of a file, its name.
    onFile: ({ name, filename = "" }) => {
      fields.push([name, filename])
      return () => {}
    },
    onError: (error) => {
      wrong ??= reasons[error._tag]
    },
    onDone: () => {}
  })
  try {
    parser.write(body)
    parser.end()
  } catch {
    // The parser stumbles over some bodies, such as those with an empty boundary.
    wrong ??= "the body is a form in parts that can't be read"
  }
  return wrong === undefined ? Result.succeed(recordOf(fields)) : Result.fail(wrong)
}

const reasons: Record<MultipartParser.MultipartError["_tag"], string> = {
  InvalidBoundary: "the body is a form in parts, but its content type names no boundary",
  BadHeaders: "a part of the body has headers that can't be read",
  InvalidDisposition: "a part of the body has no name",
  ReachedLimit: "the body has too many parts",
  EndNotReached: "the body is a form in parts that ends before its last boundary"
}
