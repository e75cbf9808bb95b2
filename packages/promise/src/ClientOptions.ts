/**
 * The options of a client.
 */

/**
 * At most `calls` calls within any period of `window`.
 *
 * @category models
 */
export interface Limit {
  /** Calls, at least 1. */
  readonly calls: number
  /** The length of the window, in milliseconds. */
  readonly window: number
}

/**
 * Options of retries after a `RateLimitedError` or an `UpstreamUnavailableError`.
 *
 * @category options
 */
export interface RetryOptions {
  /** Retries after the first attempt. Default: 2. */
  readonly maxRetries?: number | undefined
  /** The wait before the first retry, in milliseconds. It doubles each time, with jitter. Default: 500. */
  readonly baseDelay?: number | undefined
  /** The longest wait, in milliseconds. If the upstream asks for more, the call rejects immediately. Default: 60,000. */
  readonly maxDelay?: number | undefined
}

/**
 * Options of a client. A missing option is read from its environment variable, if it has one.
 *
 * @category options
 */
export interface ClientOptions {
  /** The secret key of the Spot (Spot settings, "API Access"). Default: `MELTINGSPOT_SECRET_KEY`. */
  readonly secretKey?: string | undefined
  /** The URL of the API. Default: `MELTINGSPOT_BASE_URL`, or `https://openapi.meltingspot.io`. */
  readonly baseUrl?: string | undefined
  /** Text before the key in the `Authorization` header, such as `"Bearer "`. Default: `MELTINGSPOT_AUTHORIZATION_PREFIX`, or none. */
  readonly authorizationPrefix?: string | undefined
  /** Time for one attempt, in milliseconds, without its wait for the limits. Default: `MELTINGSPOT_TIMEOUT`, or 30,000. */
  readonly timeout?: number | undefined
  /** The `User-Agent` header. Default: `MELTINGSPOT_USER_AGENT`, or `usher`. */
  readonly userAgent?: string | undefined
  /** The longest wait that an answer can ask for, in milliseconds. Default: `MELTINGSPOT_MAX_RETRY_AFTER`, or 3,600,000 (1 hour). */
  readonly maxRetryAfter?: number | undefined
  /**
   * The limits of calls with the key. Further calls wait. Clients of one process with the same key and limits share them.
   * `false` turns them off. Default: 100 calls in 10 seconds and 50,000 in 24 hours, as MeltingSpot documents.
   */
  readonly limits?: ReadonlyArray<Limit> | false | undefined
  /** Retries. `false` makes one attempt. Default: 2 retries. */
  readonly retry?: RetryOptions | false | undefined
  /** Makes the requests. It must not retry by itself. Default: the global `fetch` at the time of the request. */
  readonly fetch?: typeof globalThis.fetch | undefined
}
