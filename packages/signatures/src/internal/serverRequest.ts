/** The parts of server requests from which a delivery is read. */
import type { HttpServerRequest } from "effect/http"

/**
 * The parts of a web `Request`, as in `fetch` handlers, from which a delivery is read.
 *
 * @category models
 */
export interface WebRequest {
  /** The method, as in the request line. */
  readonly method: string
  /** The full URL, as this server sees it. */
  readonly url: string
  /** A web `Headers`. */
  readonly headers: Iterable<readonly [name: string, value: string]>
  /** A `ReadableStream`, or null without a body. */
  readonly body: WebBody | null
  /** Whether the body has been read. */
  readonly bodyUsed: boolean
  /** Distinguishes it from other requests. */
  readonly arrayBuffer: () => Promise<ArrayBuffer>
}

/**
 * The parts of a web `ReadableStream` of bytes that are used.
 *
 * @category models
 */
export interface WebBody {
  /** Whether it has a reader now. */
  readonly locked: boolean
  /** Makes the only reader of the stream. */
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
    cancel(reason?: unknown): Promise<void>
  }
}

/**
 * The parts of Node's `IncomingMessage`, and of requests that extend it, such as those of Express, from which a delivery is read.
 *
 * @category models
 */
export interface NodeRequest {
  /** The method, as in the request line. */
  readonly method?: string | undefined
  /** The path and the query. */
  readonly url?: string | undefined
  /** The original `url` if a router has shortened it, as Express does. */
  readonly originalUrl?: string | undefined
  /** The headers by lower-case names. */
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  /** The result of a body parser. Bytes are used as the body. */
  readonly body?: unknown
  /** The bytes that some platforms keep beside the parsed body. */
  readonly rawBody?: unknown
  /** Whether the body has been read. */
  readonly readableDidRead?: boolean
  /** Whether the connection was lost. */
  readonly destroyed?: boolean
  /** Listens to an event of the stream. */
  on(event: "data" | "end" | "error" | "close", listener: (chunk: Uint8Array) => void): unknown
  /** Removes a listener. */
  off(event: "data" | "end" | "error" | "close", listener: (chunk: Uint8Array) => void): unknown
  /** Stops the events. */
  pause(): unknown
  /** Starts the events. */
  resume(): unknown
}

/** A request of any supported server. */
export type AnyRequest = WebRequest | NodeRequest | HttpServerRequest.HttpServerRequest
