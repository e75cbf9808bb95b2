import { Array as Arr, Effect, Predicate } from "effect"
import { utf8 } from "./internal/crypto.ts"
import { isBytes, mistakeOf } from "./internal/rawBody.ts"
import { read, type RequestOptions } from "./internal/request.ts"
import type { AnyRequest, WebRequest } from "./internal/serverRequest.ts"
import { isAbsolute } from "./internal/url.ts"
import type { RequestUnreadable } from "./RequestUnreadable.ts"

export type { RequestOptions } from "./internal/request.ts"
export type { NodeRequest, WebRequest } from "./internal/serverRequest.ts"
export { RequestUnreadable } from "./RequestUnreadable.ts"

/**
 * One HTTP request as it was received, before anything parses it.
 *
 * @category models
 */
export interface Delivery {
  /** Upper case, as in the request line. */
  readonly method: string
  /** The full public URL as the sender called it. Needed for senders that sign it or put a token into it. */
  readonly url?: string | undefined
  /** By lower-case names. The values of a repeated header are joined by a comma, as in Node. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The raw bytes. JSON that was parsed and serialized again has other bytes, and never verifies. */
  readonly body: Uint8Array
}

/**
 * A delivery with its public URL, for schemes that verify the URL.
 *
 * @category models
 */
export interface DeliveryWithUrl extends Delivery {
  /** The full public URL as the sender called it, such as `https://hooks.example.com/crm?token=abc`. */
  readonly url: string
}

/**
 * The parts of a delivery in looser forms.
 *
 * @category models
 */
export interface Input {
  /** The method, in any case. Default: `POST`. */
  readonly method?: string | undefined
  /** The full public URL as the sender called it. Default: none, for senders that don't sign it. */
  readonly url?: string | undefined
  /** The headers, by names in any case: an object as in Node, or pairs such as a web `Headers`. */
  readonly headers:
    | Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
    | Iterable<readonly [name: string, value: string]>
  /** The raw bytes, or a text that is encoded as UTF-8. */
  readonly body: Uint8Array | ArrayBuffer | string
}

/**
 * Builds a delivery from looser parts: header names in any case, a header as a list, a body as text (UTF-8). Throws a
 * `TypeError` for a parsed body, and for a URL that is not absolute.
 *
 * **Example** (Parts of a request)
 *
 * ```ts
 * import { Delivery } from "@usher/signatures"
 *
 * const delivery = Delivery.make({ headers: { "X-Signature": "aa" }, body: "{}" })
 * console.log(delivery.method, delivery.headers, delivery.body.length) // POST { 'x-signature': 'aa' } 2
 * ```
 *
 * @category constructors
 */
export function make(input: Input & { readonly url: string }): DeliveryWithUrl
/** A delivery without a URL, for schemes that do not sign it. */
export function make(input: Input): Delivery
export function make(input: Input): Delivery {
  return {
    method: (input.method ?? "POST").toUpperCase(),
    ...(input.url === undefined ? {} : { url: absolute(input.url) }),
    headers: headersOf(input.headers),
    body: bytesOf(input.body)
  }
}

/**
 * Reads the delivery of a request: a web `Request`, Node's `IncomingMessage` (also Express's request), or the
 * `HttpServerRequest` of effect. Reads at most `maxSize` bytes of the raw body, so nothing may read it before. Uses the bytes
 * that `express.raw()` or a platform's `rawBody` has kept. Fails with `RequestUnreadable`.
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
 */
export function fromRequest(
  request: WebRequest,
  options?: RequestOptions
): Effect.Effect<DeliveryWithUrl, RequestUnreadable>
/** Reads any request, with its URL from `publicUrl`. */
export function fromRequest(
  request: AnyRequest,
  options: RequestOptions & { readonly publicUrl: string | URL }
): Effect.Effect<DeliveryWithUrl, RequestUnreadable>
/** Reads any request. The URL is missing if neither the request nor `publicUrl` gives it. */
export function fromRequest(
  request: AnyRequest,
  options?: RequestOptions
): Effect.Effect<Delivery, RequestUnreadable>
export function fromRequest(
  request: AnyRequest,
  options: RequestOptions = {}
): Effect.Effect<Delivery, RequestUnreadable> {
  return Effect.map(read(request, options), make)
}

/**
 * `fromRequest` for programs without effect: a promise that rejects with `RequestUnreadable`.
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
 */
export function fromRequestPromise(request: WebRequest, options?: RequestOptions): Promise<DeliveryWithUrl>
/** Reads any request, with its URL from `publicUrl`. */
export function fromRequestPromise(
  request: AnyRequest,
  options: RequestOptions & { readonly publicUrl: string | URL }
): Promise<DeliveryWithUrl>
/** Reads any request. The URL is missing if neither the request nor `publicUrl` gives it. */
export function fromRequestPromise(request: AnyRequest, options?: RequestOptions): Promise<Delivery>
export function fromRequestPromise(request: AnyRequest, options?: RequestOptions): Promise<Delivery> {
  return Effect.runPromise(fromRequest(request, options))
}

const absolute = (url: string): string => {
  if (isAbsolute(url)) return url
  throw new TypeError(
    "Delivery.make: the url is not absolute: give the public URL as the sender called it, such as https://hooks.example.com/crm"
  )
}

const headersOf = (input: Input["headers"]): Delivery["headers"] => {
  if (!Predicate.isObject(input)) {
    throw new TypeError("Delivery.make: the headers are missing: give an object, or a web Headers")
  }
  const headers = new Map<string, ReadonlyArray<string>>()
  for (const [name, value] of isPairs(input) ? input : Object.entries(input)) {
    if (value === undefined) continue
    const key = name.toLowerCase()
    headers.set(key, [...(headers.get(key) ?? []), ...Arr.ensure(value)])
  }
  return Object.fromEntries([...headers].map(([name, values]) => [name, values.join(", ")]))
}

const isPairs = (headers: Input["headers"]): headers is Iterable<readonly [string, string]> =>
  Symbol.iterator in headers && typeof headers[Symbol.iterator] === "function"

const bytesOf = (body: Input["body"]): Uint8Array => {
  if (typeof body === "string") return utf8(body)
  if (isBytes(body)) return body
  if (Object.prototype.toString.call(body) === "[object ArrayBuffer]") return new Uint8Array(body)
  throw new TypeError(`Delivery.make: ${mistakeOf(body)}`)
}
