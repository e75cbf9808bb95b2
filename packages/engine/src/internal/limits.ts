/** Who is not listened to for a while: a source that is sent too much, and an address that was refused too often. */
import { Option, Result } from "effect"
import type { HttpServerRequest } from "effect/http"
import { NetAddress } from "effect/net"
import type { Source } from "../Source.ts"
import * as tokenBuckets from "./tokenBuckets.ts"

export interface Limits {
  /** Before the body is read. Milliseconds until the source, or the address, is listened to: 0 for now. */
  readonly wait: (source: Source, request: HttpServerRequest.HttpServerRequest, now: number) => number
  /** Counts against its address. */
  readonly refused: (request: HttpServerRequest.HttpServerRequest, now: number) => void
}

export const make = (refusalsPerAddress: tokenBuckets.Rate): Limits => {
  const addresses = tokenBuckets.make(refusalsPerAddress)
  // A source that is configured anew begins anew.
  const sources = new WeakMap<tokenBuckets.Rate, tokenBuckets.TokenBuckets>()

  const waitForSource = ({ name, limit }: Source, now: number) => {
    if (limit === undefined) return 0
    const buckets = sources.get(limit) ?? tokenBuckets.make(limit)
    sources.set(limit, buckets)
    return buckets.take(name, now)
  }

  return {
    wait: (source, request, now) => {
      const wait = waitForSource(source, now)
      if (wait > 0 || addresses.isEmpty()) return wait
      const address = addressOf(request)
      return address === undefined ? 0 : addresses.wait(address, now)
    },
    refused: (request, now) => {
      const address = addressOf(request)
      if (address !== undefined) addresses.take(address, now)
    }
  }
}

/**
 * Of the client: one of IPv4, a network of 64 bits of IPv6, for a client has one to itself. None where it can't be told: a
 * peer on the inside may be a proxy that nobody said to trust, behind which all senders have one address, and a forger
 * among them must not shut out the others.
 */
export const addressOf = (request: HttpServerRequest.HttpServerRequest): string | undefined => {
  const remote = Option.getOrUndefined(request.remoteAddress)
  const parsed = remote === undefined ? undefined : Result.getOrUndefined(NetAddress.ipFromString(remote))
  if (parsed === undefined) return undefined
  const address = NetAddress.toCanonical(parsed)
  if (remote === Option.getOrUndefined(request.peerAddress) && isInside(address)) return undefined
  return NetAddress.isIpv4Address(address)
    ? NetAddress.formatIp(address)
    : NetAddress.ipv6ToSegments(address).slice(0, 4).join(":")
}

/** Of this machine, or of a network that the internet does not reach. */
const isInside = (address: NetAddress.IpAddress) =>
  NetAddress.isLoopback(address) ||
  (NetAddress.isIpv4Address(address) ? NetAddress.isPrivate(address) : NetAddress.isUniqueLocal(address))
