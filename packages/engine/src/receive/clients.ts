/**
 * The clients of the receiver: which address a request comes from, and how much a client and a source may send. A client is an
 * IPv4 address, or an IPv6 network of 64 bits, because one client has all of it.
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
  /** Of this machine, or of a network that the internet does not reach. */
  readonly isInside: boolean
}

/** Parsed addresses are remembered, this many: a client sends more than once. */
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

/** The client, or the proxy that nobody said to trust. */
export const clientOf = (request: Request): string | undefined => {
  const remote = Option.getOrUndefined(request.remoteAddress)
  return remote === undefined ? undefined : clientAt(remote)?.key
}

/**
 * The client, where it can be told. A peer on the inside may be a proxy that nobody said to trust: all senders behind it have
 * one address, and a forger among them must not shut out the others.
 */
export const addressOf = (request: Request): string | undefined => {
  const remote = Option.getOrUndefined(request.remoteAddress)
  const client = remote === undefined ? undefined : clientAt(remote)
  if (client === undefined) return undefined
  return client.isInside && remote === Option.getOrUndefined(request.peerAddress) ? undefined : client.key
}

export interface Limits {
  /** Before the body is read. Milliseconds until the relay listens to the address again: 0 for now. */
  readonly wait: (request: Request) => number
  /** Counts a request that was no verified delivery against its address. */
  readonly count: (request: Request) => void
  /** Counts a verified delivery against its source. Milliseconds until the source may deliver again: 0 for now. */
  readonly admit: (source: Source) => number
}

export const limits = (refusalsPerAddress: tokenBuckets.Rate, clock: Clock.Clock): Limits => {
  const addresses = tokenBuckets.make(refusalsPerAddress)
  // A source that is configured anew begins anew.
  const sources = new WeakMap<tokenBuckets.Rate, tokenBuckets.TokenBuckets>()

  /** Until the first request is counted, there is nothing to look up. */
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
