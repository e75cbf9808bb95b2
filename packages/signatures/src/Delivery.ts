import { Array as Arr } from "effect"
import { utf8 } from "./internal/crypto.ts"

/**
 * What is verified: one HTTP request as it came in, before anything parsed it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Delivery {
  /** Upper case, as in the request line. */
  readonly method: string
  /** The full public URL as the sender called it: some senders sign it. */
  readonly url: string
  /** Lower-case names; a header sent twice is one value joined by a comma, as Node gives it. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The raw bytes. Parsed and printed JSON is other bytes, and never verifies. */
  readonly body: Uint8Array
}

/**
 * Build a delivery from looser parts: names of headers in any case, a header as a list, a body as text (UTF-8).
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (input: {
  readonly method?: string
  readonly url?: string
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly body: Uint8Array | string
}): Delivery => {
  const headers = new Map<string, ReadonlyArray<string>>()
  for (const [name, value] of Object.entries(input.headers)) {
    if (value === undefined) continue
    const key = name.toLowerCase()
    headers.set(key, [...(headers.get(key) ?? []), ...Arr.ensure(value)])
  }
  return {
    method: (input.method ?? "POST").toUpperCase(),
    url: input.url ?? "https://localhost/",
    headers: Object.fromEntries([...headers].map(([name, values]) => [name, values.join(", ")])),
    body: typeof input.body === "string" ? utf8(input.body) : input.body
  }
}
