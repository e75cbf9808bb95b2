/** The client of a request. */
import { Option, Result } from "effect"
import type { HttpServerRequest } from "effect/http"
import { NetAddress } from "effect/net"

type Request = HttpServerRequest.HttpServerRequest

const parsed = (request: Request): NetAddress.IpAddress | undefined => {
  const remote = Option.getOrUndefined(request.remoteAddress)
  const address = remote === undefined ? undefined : Result.getOrUndefined(NetAddress.ipFromString(remote))
  return address === undefined ? undefined : NetAddress.toCanonical(address)
}

/** The client's IP address. Null without a network. */
export const ipOf = (request: Request): string | null => {
  const address = parsed(request)
  return address === undefined ? null : NetAddress.formatIp(address)
}

/** The network that one client controls: an IPv4 address, or a /64 of IPv6. */
export const networkOf = (request: Request): string => {
  const address = parsed(request)
  if (address === undefined) return ""
  return NetAddress.isIpv4Address(address)
    ? NetAddress.formatIp(address)
    : NetAddress.ipv6ToSegments(address).slice(0, 4).join(":")
}

const maxUserAgent = 200

export const userAgentOf = (request: Request): string | null =>
  request.headers["user-agent"]?.slice(0, maxUserAgent) ?? null
