/** Reads the parts of a delivery from a server's request, with its raw body up to a limit. */
import { type ByteSize, Effect, Predicate, Result } from "effect"
import type { HttpServerRequest } from "effect/http"
import type { RequestUnreadable } from "../RequestUnreadable.ts"
import { isBytes } from "./rawBody.ts"
import { type Chunks, ofNode, ofStream, ofWeb } from "./requestBody.ts"
import type { AnyRequest, NodeRequest, WebRequest } from "./serverRequest.ts"
import { alreadyRead, interrupted, parsed } from "./unreadable.ts"

/**
 * Options of reading a request.
 *
 * @category options
 */
export interface RequestOptions {
  /** The largest body that is read, in bytes. Default: 1 MiB. */
  readonly maxSize?: number | ByteSize.ByteSize | undefined
  /**
   * The beginning of the sender's URL, such as `https://hooks.example.com`, with the path that a proxy removes, if it removes one.
   * Required if the sender signs the URL or puts a token into it, and a proxy is in between. Default: the URL of a web `Request`
   * or effect's request, which has the address of this server; none for a request of Node.
   */
  readonly publicUrl?: string | URL | undefined
}

const defaultMaxSize = 1024 * 1024

/** Reads the parts of a delivery. The URL is missing if neither the request nor the options give it. */
export const read = (request: AnyRequest, options: RequestOptions) =>
  Effect.suspend(() => {
    const { body, headers, method, target } = partsOf(request)
    const max = Number(options.maxSize ?? defaultMaxSize)
    if (!(max >= 0)) throw new TypeError("Delivery.fromRequest: maxSize is not a number of bytes")
    const url = urlOf(target, options.publicUrl)
    return Effect.map(
      Effect.flatMap(Effect.fromResult(body), (bytes) => bytes(max)),
      (body) => ({ method, headers, body, ...(url === undefined ? {} : { url }) })
    )
  })

interface Parts {
  readonly method: string
  /** The full URL, or the path and the query. */
  readonly target: string
  readonly headers: NodeRequest["headers"] | WebRequest["headers"]
  /** Reads the body, or fails if that is impossible. */
  readonly body: Result.Result<(max: number) => Chunks, RequestUnreadable>
}

const partsOf = (request: AnyRequest): Parts => {
  if (isEffect(request)) {
    const { headers, method, originalUrl, source, stream, url } = request
    const target = isFull(originalUrl) ? originalUrl : url
    return { method, target, headers, body: unread(source, (max) => ofStream(stream, headers, max)) }
  }
  if (isWeb(request)) {
    const { headers, method, url } = request
    return { method, target: url, headers, body: unread(request, (max) => ofWeb(request, max)) }
  }
  if (isNode(request)) {
    const { headers, method = "POST", originalUrl, url = "/" } = request
    return { method, target: originalUrl ?? url, headers, body: nodeBody(request) }
  }
  throw new TypeError(
    "Delivery.fromRequest: expected a web Request, Node's IncomingMessage or effect's HttpServerRequest; for any other request, pass the parts to Delivery.make"
  )
}

const isEffect = (request: AnyRequest): request is HttpServerRequest.HttpServerRequest =>
  Predicate.hasProperty(request, "~effect/http/HttpServerRequest")

const isWeb = (request: AnyRequest): request is WebRequest =>
  Predicate.hasProperty(request, "arrayBuffer") && Predicate.hasProperty(request, "bodyUsed")

const isNode = (request: AnyRequest): request is NodeRequest =>
  Predicate.hasProperty(request, "headers") && Predicate.hasProperty(request, "on")

const unread = (source: object, read: (max: number) => Chunks): Parts["body"] => {
  const flags: { bodyUsed?: unknown; readableDidRead?: unknown } = source
  return flags.bodyUsed === true || flags.readableDidRead === true
    ? Result.fail(alreadyRead())
    : Result.succeed(read)
}

const nodeBody = (request: NodeRequest): Parts["body"] => {
  const { body, destroyed, rawBody, readableDidRead } = request
  const bytes = [rawBody, body].find(isBytes)
  if (bytes !== undefined) return Result.succeed(() => Effect.succeed(bytes))
  if (readableDidRead === true) return Result.fail(body === undefined ? alreadyRead() : parsed())
  return destroyed === true ? Result.fail(interrupted()) : Result.succeed((max) => ofNode(request, max))
}

const isFull = (target: string): boolean => /^https?:\/\//i.test(target)

const urlOf = (target: string, publicUrl: string | URL | undefined): string | undefined => {
  if (publicUrl === undefined) return isFull(target) ? target : undefined
  const base = String(publicUrl)
  if (!isFull(base)) {
    throw new TypeError(
      "Delivery.fromRequest: publicUrl is not absolute: give the beginning of the sender's URL, such as https://hooks.example.com"
    )
  }
  const path = isFull(target) ? target.replace(/^https?:\/\/[^/?#]*/i, "") : target
  return base.replace(/\/$/, "") + path
}
