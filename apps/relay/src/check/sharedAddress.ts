/** Detects a proxy that the configuration does not trust, so that all clients seem to share its address. */
import type { Resolved } from "../config/ConfigFile.ts"
import { isLoopback } from "./plainHttp.ts"

/** One warning, or none. */
export const sharedAddress = ({
  host,
  port,
  trustedProxies,
  relay: { publicUrl }
}: Pick<Resolved, "host" | "port" | "trustedProxies"> & {
  readonly relay: Pick<Resolved["relay"], "publicUrl">
}): ReadonlyArray<string> => {
  const sign = signOfProxy(new URL(publicUrl), host, port)
  return sign === undefined || trustedProxies.length > 0
    ? []
    : [
        `All clients share one address: ${sign}, so there is a proxy in between, but server.trustedProxies is empty. The relay can't tell clients apart: the refusals of one count for all, and a forger can fill the quarantine for all senders. List the addresses of your proxy in server.trustedProxies`
      ]
}

const signOfProxy = ({ protocol, hostname, port }: URL, host: string, ownPort: number) => {
  if (protocol === "https:") return "server.publicUrl uses https, which the relay does not serve itself"
  if (isLoopback(host) && !isLoopback(hostname)) {
    return "only this machine can reach server.host, while server.publicUrl is for others"
  }
  // The relay chooses a free port instead of port 0.
  return ownPort === 0 || Number(port || 80) === ownPort
    ? undefined
    : "the ports of server.publicUrl and server.port differ"
}
