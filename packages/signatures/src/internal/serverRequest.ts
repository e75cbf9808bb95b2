/** The requests of servers, as far as a delivery is read from them. */
import type { HttpServerRequest } from "effect/http"

/**
 * What is read of a web `Request`, as `fetch` handlers have it.
 *
 * @category models
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

/** A request of any server that is known. */
export type AnyRequest = WebRequest | NodeRequest | HttpServerRequest.HttpServerRequest
