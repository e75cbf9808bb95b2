/** Whether all clients may have one address: behind a proxy that the configuration does not trust. */
import { Option, Result } from "effect"
import { NetAddress } from "effect/net"
import type { Resolved } from "../config/ConfigFile.ts"

/** Warnings for `usher check` and the start of the relay: one, or none. */
export const sharedAddress = ({
  host,
  port,
  trustedProxies,
  relay: { publicUrl }
}: Pick<Resolved, "host" | "port" | "trustedProxies"> & {
  readonly relay: Pick<Resolved["relay"], "publicUrl">
}): ReadonlyArray<string> => {
  if (trustedProxies.length > 0) return []
  const sign = signOfProxy(new URL(publicUrl), host, port)
  return sign === undefined
    ? []
    : [
        `All clients share one address: ${sign}, so there is a proxy in between, but server.trustedProxies is empty. The relay can't tell clients apart: the refusals of one count for all, and a forger can fill the quarantine for all senders. List the addresses of your proxy in server.trustedProxies`
      ]
}

const signOfProxy = (
  { protocol, hostname, port }: URL,
  host: string,
  ownPort: number
): string | undefined => {
  if (protocol === "https:") return "server.publicUrl uses https, which the relay does not serve itself"
  if (isLoopback(host) && !isLoopback(hostname)) {
    return "only this machine can reach server.host, while server.publicUrl is for others"
  }
  const called = port === "" ? 80 : Number(port)
  // Port 0 is whichever is free.
  return ownPort === 0 || called === ownPort
    ? undefined
    : "the ports of server.publicUrl and server.port differ"
}

const isLoopback = (host: string): boolean => {
  if (host === "localhost") return true
  const address = Option.getOrUndefined(
    Result.getSuccess(NetAddress.ipFromString(host.replace(/^\[|\]$/g, "")))
  )
  return address !== undefined && NetAddress.isLoopback(address)
}
