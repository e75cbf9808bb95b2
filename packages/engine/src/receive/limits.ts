/** What a client and a source may send: refusals by client address, verified deliveries by source. */
import type { HttpServerRequest } from "effect/http"
import * as tokenBuckets from "../runtime/tokenBuckets.ts"
import type { Source } from "../source/Source.ts"
import { addressOf } from "./clientAddress.ts"

type Request = HttpServerRequest.HttpServerRequest

export interface Limits {
  /** Before the body is read. Milliseconds until the relay listens to the address again: 0 for now. */
  readonly wait: (request: Request, now: number) => number
  /** Counts a request that was no verified delivery against its address. */
  readonly count: (request: Request, now: number) => void
  /** Counts a verified delivery against its source. Milliseconds until the source may deliver again: 0 for now. */
  readonly admit: (source: Source, now: number) => number
}

export const make = (refusalsPerAddress: tokenBuckets.Rate): Limits => {
  const addresses = tokenBuckets.make(refusalsPerAddress)
  // A source that is configured anew begins anew.
  const sources = new WeakMap<tokenBuckets.Rate, tokenBuckets.TokenBuckets>()

  return {
    wait: (request, now) => {
      if (addresses.isEmpty()) return 0
      const address = addressOf(request)
      return address === undefined ? 0 : addresses.wait(address, now)
    },
    count: (request, now) => {
      const address = addressOf(request)
      if (address !== undefined) addresses.take(address, now)
    },
    admit: ({ name, limit }, now) => {
      if (limit === undefined) return 0
      const buckets = sources.get(limit) ?? tokenBuckets.make(limit)
      sources.set(limit, buckets)
      return buckets.take(name, now)
    }
  }
}
