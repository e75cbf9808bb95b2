/** A delivery from a request of a server, with its body read once, raw and bounded. */
import { type ByteSize, Effect, Predicate, Result } from "effect"
import type { HttpServerRequest } from "effect/http"
import { type Delivery, type DeliveryWithUrl, make } from "../Delivery.ts"
import type { RequestUnreadable } from "../RequestUnreadable.ts"
import { isBytes } from "./rawBody.ts"
import { type Chunks, ofNode, ofStream, ofWeb } from "./requestBody.ts"
import { alreadyRead, interrupted, parsed } from "./unreadable.ts"

/**
 * How a request is read.
 *
 * @category options
 * @since 0.1.0
 */
export interface RequestOptions {
  /** The largest body that is read, in bytes. Default: 1 MiB. */
  readonly maxSize?: number | ByteSize.ByteSize | undefined
  /**
   * What the sender's URL begins with, such as `https://hooks.example.com`, with the path that a proxy takes off, where it takes
   * one off. Give it where the sender signs the URL, or puts a token into it, and a proxy stands in between. Default: what a
   * web `Request` or effect's request says, which is the address of this server; none for a request of Node.
   */
  readonly publicUrl?: string | URL | undefined
}

/**
 * What is read of a web `Request`, as `fetch` handlers have it.
 *
 * @category models
 * @since 0.1.0
 */
export interface WebRequest {
  /** As in the request line. */
  readonly method: string
  /** The full URL, as this server sees it. */
  readonly url: string
  /** A web `Headers`. */
  readonly headers: Iterable<readonly [name: string, value: string]>
  /** A `ReadableStream`, or null without a body. */
  readonly body: WebBody | null
  /** Whether something has read it. */
  readonly bodyUsed: boolean
  /** Tells it from other requests. */
  readonly arrayBuffer: () => Promise<ArrayBuffer>
}

/**
 * What is read of a web `ReadableStream` of bytes.
 *
 * @category models
 * @since 0.1.0
 */
export interface WebBody {
  /** Whether something reads it now. */
  readonly locked: boolean
  /** The only reader of the stream. */
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
    cancel(reason?: unknown): Promise<void>
  }
}

/**
 * What is read of Node's `IncomingMessage`, and of the requests of Express and of others that extend it.
 *
 * @category models
 * @since 0.1.0
 */
export interface NodeRequest {
  /** As in the request line. */
  readonly method?: string | undefined
  /** The path and the query. */
  readonly url?: string | undefined
  /** The same where a router has shortened `url`, as Express does. */
  readonly originalUrl?: string | undefined
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  /** What a body parser left: bytes are taken as the body. */
  readonly body?: unknown
  /** The bytes that some platforms keep beside the parsed body. */
  readonly rawBody?: unknown
  /** Whether something has read the body. */
  readonly readableDidRead?: boolean
  /** Whether the connection was lost. */
  readonly destroyed?: boolean
  /** Listens to an event of the stream. */
  on(event: "data" | "end" | "error" | "close", listener: (chunk: Uint8Array) => void): unknown
  /** Ends what `on` has begun. */
  off(event: "data" | "end" | "error" | "close", listener: (chunk: Uint8Array) => void): unknown
  /** Stops the events. */
  pause(): unknown
  /** Starts the events. */
  resume(): unknown
}

type AnyRequest = WebRequest | NodeRequest | HttpServerRequest.HttpServerRequest

const defaultMaxSize = 1024 * 1024

/**
 * The delivery that a request carries: a web `Request`, Node's `IncomingMessage` (also Express's request), or the
 * `HttpServerRequest` of effect. The raw body is read here, at most `maxSize` bytes of it, so nothing may have parsed it before;
 * where `express.raw()` or a platform's `rawBody` has left the bytes, these are taken. Fails with `RequestUnreadable`.
 *
 * **Example** (A web request)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Delivery } from "@usher/signatures"
 *
 * const request = new Request("https://hooks.example.com/crm?a=1", { method: "POST", body: "{}" })
 * const delivery = await Effect.runPromise(Delivery.fromRequest(request))
 * console.log(delivery.url, delivery.body.length) // https://hooks.example.com/crm?a=1 2
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export function fromRequest(
  request: WebRequest,
  options?: RequestOptions
): Effect.Effect<DeliveryWithUrl, RequestUnreadable>
/** Reads any request; `publicUrl` gives the URL. */
export function fromRequest(
  request: AnyRequest,
  options: RequestOptions & { readonly publicUrl: string | URL }
): Effect.Effect<DeliveryWithUrl, RequestUnreadable>
/** Reads any request. The URL is missing where neither the request nor `publicUrl` gives it. */
export function fromRequest(
  request: AnyRequest,
  options?: RequestOptions
): Effect.Effect<Delivery, RequestUnreadable>
export function fromRequest(
  request: AnyRequest,
  options: RequestOptions = {}
): Effect.Effect<Delivery, RequestUnreadable> {
  return Effect.suspend(() => {
    const { body, ...parts } = partsOf(request)
    const max = Number(options.maxSize ?? defaultMaxSize)
    if (!(max >= 0)) throw new TypeError("Delivery.fromRequest: maxSize is no number of bytes")
    const url = urlOf(parts.target, options.publicUrl)
    return Effect.map(
      Effect.flatMap(Effect.fromResult(body), (read) => read(max)),
      (body) =>
        make({ method: parts.method, headers: parts.headers, body, ...(url === undefined ? {} : { url }) })
    )
  })
}

/**
 * `fromRequest` for programs without effect: a promise, which is rejected with `RequestUnreadable`.
 *
 * **Example** (In a handler of `node:http`)
 *
 * ```ts
 * import { createServer } from "node:http"
 * import { Result } from "effect"
 * import { Delivery, Verifier } from "@usher/signatures"
 *
 * const github = Verifier.forSenderUnsafe("github", "It's a Secret to Everybody")
 * const server = createServer(async (request, response) => {
 *   const delivery = await Delivery.fromRequestPromise(request)
 *   const verdict = github.verifyResult(delivery)
 *   response.writeHead(Result.isSuccess(verdict) ? 200 : 401).end()
 * })
 * server.listen(0, "127.0.0.1", async () => {
 *   const { port } = Object(server.address())
 *   const response = await fetch(`http://127.0.0.1:${port}/github`, {
 *     method: "POST",
 *     headers: { "X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" },
 *     body: "Hello, World!"
 *   })
 *   console.log(response.status) // 200
 *   server.close()
 * })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export function fromRequestPromise(request: WebRequest, options?: RequestOptions): Promise<DeliveryWithUrl>
/** Reads any request; `publicUrl` gives the URL. */
export function fromRequestPromise(
  request: AnyRequest,
  options: RequestOptions & { readonly publicUrl: string | URL }
): Promise<DeliveryWithUrl>
/** Reads any request. The URL is missing where neither the request nor `publicUrl` gives it. */
export function fromRequestPromise(request: AnyRequest, options?: RequestOptions): Promise<Delivery>
export function fromRequestPromise(request: AnyRequest, options?: RequestOptions): Promise<Delivery> {
  return Effect.runPromise(fromRequest(request, options))
}

interface Parts {
  readonly method: string
  /** The full URL, or the path and the query. */
  readonly target: string
  readonly headers: NodeRequest["headers"] | WebRequest["headers"]
  /** How the body is read, or why it can't be. */
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
    "Delivery.fromRequest: expected a web Request, Node's IncomingMessage or effect's HttpServerRequest; of anything else give the parts to Delivery.make"
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
      "Delivery.fromRequest: publicUrl is not absolute: give what the sender's URL begins with, such as https://hooks.example.com"
    )
  }
  const path = isFull(target) ? target.replace(/^https?:\/\/[^/?#]*/i, "") : target
  return base.replace(/\/$/, "") + path
}
