/** Serves a file from memory, compressed once for each coding at its first request. */
import { Effect } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { createHash } from "node:crypto"
import { promisify } from "node:util"
import { brotliCompress, constants, gzip } from "node:zlib"

export interface Options {
  /** Called once, at the first request. */
  readonly content: () => Uint8Array | Promise<Uint8Array>
  readonly contentType: string
  readonly cacheControl: string
  readonly headers?: Readonly<Record<string, string>>
}

const codings = {
  br: (content: Uint8Array) =>
    promisify(brotliCompress)(content, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
    }),
  gzip: (content: Uint8Array) => promisify(gzip)(content, { level: 9 })
} as const

type Coding = keyof typeof codings

/** Whether a media type benefits from compression. */
const isCompressible = (contentType: string): boolean =>
  /^(?:text\/|application\/(?:json|javascript)\b|image\/svg\+xml)/.test(contentType)

/** The best coding that the client accepts. */
const codingFor = (accepted: string | undefined): Coding | undefined => {
  const taken = new Set(
    (accepted ?? "")
      .split(",")
      .map((item) => item.toLowerCase().split(";"))
      .filter(([, ...parameters]) => !parameters.some((one) => /^\s*q=0(?:\.0*)?\s*$/.test(one)))
      .map(([coding = ""]) => coding.trim())
  )
  return taken.has("br") ? "br" : taken.has("gzip") ? "gzip" : undefined
}

const isMatch = (header: string | undefined, etag: string): boolean =>
  header?.split(",").some((tag) => tag.trim() === etag || tag.trim() === "*") ?? false

/** The size from which responses are sent one at a time, in bytes. */
const large = 65_536

let last: Promise<void> = Promise.resolve()

/** Lets one large response pass per turn of the event loop, because copying many at once would block all others. */
const turn = (): Promise<void> => {
  last = last.then(() => new Promise((resolve) => void setImmediate(resolve)))
  return last
}

/** Answers GET and HEAD. */
export const make = ({ content, contentType, cacheControl, headers: more = {} }: Options) => {
  // Promises, because a cached effect would also cache the interruption by a disconnected client.
  let loading: ReturnType<typeof load> | undefined
  const load = async () => {
    const bytes = await content()
    // Weak, because it is the same for each coding.
    const etag = `W/"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`
    const headers = { ...more, "cache-control": cacheControl, etag, vary: "Accept-Encoding" }
    return { content: bytes, headers, etag }
  }
  const compressed = new Map<Coding, Promise<Uint8Array>>()
  const compress = (coding: Coding, content: Uint8Array) => {
    const made = compressed.get(coding) ?? codings[coding](content)
    compressed.set(coding, made)
    return made
  }
  return Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const { content, headers, etag } = yield* Effect.promise(() => (loading ??= load()))
    if (isMatch(request.headers["if-none-match"], etag)) {
      return HttpServerResponse.empty({ status: 304, headers })
    }
    const coding = isCompressible(contentType) ? codingFor(request.headers["accept-encoding"]) : undefined
    const body = coding === undefined ? content : yield* Effect.promise(() => compress(coding, content))
    if (body.length > large && request.method === "GET") yield* Effect.promise(turn)
    return HttpServerResponse.uint8Array(body, {
      contentType,
      headers: coding === undefined ? headers : { ...headers, "content-encoding": coding }
    })
  })
}
