/** Reads `multipart/form-data` (RFC 7578). Never throws. */
import { Result } from "effect"
import { MultipartParser } from "effect/http"
import { charsetOf, decoderOf } from "./charset.ts"

/** The value of a file is its name. */
export type Fields = ReadonlyArray<readonly [name: string, value: string]>

/** The maximum number of fields, more than any form has. A field costs more than its bytes. */
export const maxFields = 10_000

interface Part {
  readonly name: string
  readonly charset: string | undefined
  /** The bytes of a field, or the name of a file. */
  readonly value: Uint8Array | string
}

export const fieldsOf = (contentType: string, body: Uint8Array): Result.Result<Fields, string> =>
  Result.flatMap(partsOf(contentType, body), (parts) => {
    // A form may carry its charset in a field of this name (RFC 7578, section 4.6).
    const named = parts.find(({ name }) => name === "_charset_")?.value
    const usual = typeof named === "object" ? Buffer.from(named).toString("latin1") : charsetOf(contentType)
    const decoders = new Map<string, Result.Result<TextDecoder, string>>()
    return Result.all(
      parts.map(({ name, charset = usual ?? "utf-8", value }) => {
        if (typeof value === "string") return Result.succeed([name, value] as const)
        const decoder = decoders.get(charset) ?? decoderOf(charset, { fatal: false })
        decoders.set(charset, decoder)
        return Result.map(decoder, (decoder) => [name, decoder.decode(value)] as const)
      })
    )
  })

const partsOf = (contentType: string, body: Uint8Array): Result.Result<ReadonlyArray<Part>, string> => {
  const parts: Array<Part> = []
  let wrong: string | undefined
  const parser = MultipartParser.make({
    headers: { "content-type": contentType },
    // Some senders mark a plain field as application/octet-stream: only a file has a file name.
    isFile: ({ filename }) => filename !== undefined,
    maxParts: maxFields,
    maxFieldSize: body.length,
    onField: ({ name, contentTypeParameters: { charset } }, value) =>
      void parts.push({ name, charset, value }),
    onFile: ({ name, filename = "" }) => {
      parts.push({ name, charset: undefined, value: filename })
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
    // The parser throws on some bodies, such as those with an empty boundary.
    wrong ??= "the body is a form in parts that can't be read"
  }
  return wrong === undefined ? Result.succeed(parts) : Result.fail(wrong)
}

const reasons: Record<MultipartParser.MultipartError["_tag"], string> = {
  InvalidBoundary: "the body is a form in parts, but its content type names no boundary",
  BadHeaders: "a part of the body has headers that can't be read",
  InvalidDisposition: "a part of the body has no name",
  ReachedLimit: "the body has too many parts",
  EndNotReached: "the body is a form in parts that ends before its last boundary"
}
