/**
 * Identifies the client of a request, and limits how much a client and a source may send. A client is an IPv4 address,
 * or an IPv6 network of 64 bits, because one client has all of it.
 */
import { type Clock, Option, Result } from "effect"
import type { HttpServerRequest } from "effect/http"
import { NetAddress } from "effect/net"
import { monotonicUnsafe } from "../runtime/monotonic.ts"
import * as tokenBuckets from "../runtime/tokenBuckets.ts"
import type { Source } from "../source/Source.ts"

type Request = HttpServerRequest.HttpServerRequest

interface Client {
  readonly key: string
  /** Whether the address is local or in a private network. */
  readonly isInside: boolean
}

/** The maximum number of parsed addresses to cache. Most clients send more than once. */
const maxRemembered = 1_000

const remembered = new Map<string, Client | undefined>()

const parse = (text: string): Client | undefined => {
  const parsed = Result.getOrUndefined(NetAddress.ipFromString(text))
  if (parsed === undefined) return undefined
  const address = NetAddress.toCanonical(parsed)
  const isInside =
    NetAddress.isLoopback(address) ||
    (NetAddress.isIpv4Address(address) ? NetAddress.isPrivate(address) : NetAddress.isUniqueLocal(address))
  return NetAddress.isIpv4Address(address)
    ? { key: NetAddress.formatIp(address), isInside }
    : { key: NetAddress.ipv6ToSegments(address).slice(0, 4).join(":"), isInside }
}

const clientAt = (text: string): Client | undefined => {
  if (remembered.has(text)) return remembered.get(text)
  const client = parse(text)
  if (remembered.size >= maxRemembered) remembered.clear()
  remembered.set(text, client)
  return client
}

/** The client, or an untrusted proxy. */
export const clientOf = (request: Request): string | undefined => {
  const remote = Option.getOrUndefined(request.remoteAddress)
  return remote === undefined ? undefined : clientAt(remote)?.key
}

/**
 * The client, if it is known. A peer in a private network may be an untrusted proxy. All senders behind it share its
 * address, and a forger among them must not block the others.
 */
export const addressOf = (request: Request): string | undefined => {
  const remote = Option.getOrUndefined(request.remoteAddress)
  const client = remote === undefined ? undefined : clientAt(remote)
  if (client === undefined) return undefined
  return client.isInside && remote === Option.getOrUndefined(request.peerAddress) ? undefined : client.key
}

export interface Limits {
  /** Checks the address before the body is read. Returns the milliseconds until it may send again: 0 for now. */
  readonly wait: (request: Request) => number
  /** Counts a request that is not a verified delivery against its address. */
  readonly count: (request: Request) => void
  /** Counts a verified delivery against its source. Returns the milliseconds until it may send again: 0 for now. */
  readonly admit: (source: Source) => number
}

export const limits = (refusalsPerAddress: tokenBuckets.Rate, clock: Clock.Clock): Limits => {
  const addresses = tokenBuckets.make(refusalsPerAddress)
  // A source with a new configuration starts with full buckets.
  const sources = new WeakMap<tokenBuckets.Rate, tokenBuckets.TokenBuckets>()

  /** Skips the lookup until the first request is counted. */
  let hasCounted = false

  return {
    wait: (request) => {
      if (!hasCounted) return 0
      const address = addressOf(request)
      return address === undefined ? 0 : addresses.wait(address, monotonicUnsafe(clock))
    },
    count: (request) => {
      const address = addressOf(request)
      if (address === undefined) return
      hasCounted = true
      addresses.take(address, monotonicUnsafe(clock))
    },
    admit: ({ name, limit }) => {
      if (limit === undefined) return 0
      const buckets = sources.get(limit) ?? tokenBuckets.make(limit)
      sources.set(limit, buckets)
      return buckets.take(name, monotonicUnsafe(clock))
    }
  }
}
