/**
 * How Spots are called: over connections that are kept open. A Spot's own certificate authorities and its own proxy count
 * for its origin alone.
 */
import { Context, Effect, Layer } from "effect"
import * as Proxies from "./Proxies.ts"
import * as Routes from "./Routes.ts"

/** What a Spot says of the way to its base URL. */
export interface SpotRoute {
  readonly origin: string
  /** Who answers for the host, in place of those that Node.js knows. */
  readonly authority?: { readonly pem: string } | undefined
  /** In place of the proxy that all calls go through. */
  readonly proxy?: Proxies.Proxy | "none" | undefined
}

/** By the name of a Spot. */
export type Trusted = ReadonlyMap<string, SpotRoute>

export class Upstream extends Context.Service<
  Upstream,
  {
    /** For connections made from now on. */
    readonly trust: (trusted: Trusted) => Effect.Effect<void>
  }
>()("@usher/relay/Upstream") {}

/** An `HttpClient` that takes these routes, until it is told to take others. */
export const layer = (trusted: Trusted, proxies: Proxies.Proxies = Proxies.none) =>
  Layer.unwrap(
    Effect.sync(() => {
      let routes = routesOf(trusted, proxies)
      const trust = (trusted: Trusted) =>
        Effect.sync(() => {
          routes = routesOf(trusted, proxies)
        })
      return Layer.merge(
        Routes.layer((origin) => routes(origin)),
        Layer.succeed(Upstream, { trust })
      )
    })
  )

/** Of the Spots that are called through one, by their names: through which. */
export const proxiesOf = ({
  relay,
  trusted,
  proxies
}: {
  readonly relay: { readonly spots: ReadonlyMap<string, { readonly baseUrl?: string | undefined }> }
  readonly trusted: Trusted
  readonly proxies: Proxies.Proxies
}): ReadonlyMap<string, Proxies.Proxy> => {
  const routeOf = routesOf(trusted, proxies)
  return new Map(
    [...relay.spots].flatMap(([name, { baseUrl = "" }]) => {
      const proxy = URL.canParse(baseUrl) ? routeOf(new URL(baseUrl).origin).proxy : undefined
      return proxy === undefined ? [] : [[name, proxy] as const]
    })
  )
}

/** By origin; Spots at one origin share what each of them says. */
export const routesOf = (trusted: Trusted, proxies: Proxies.Proxies) => {
  const byOrigin = Map.groupBy(trusted.values(), ({ origin }) => origin)
  return (origin: string): Routes.Route => {
    const spots = byOrigin.get(origin) ?? []
    const ca = spots.flatMap(({ authority }) => (authority === undefined ? [] : [authority.pem]))
    const own = spots.find(({ proxy }) => proxy !== undefined)?.proxy
    return {
      proxy: own === undefined ? Proxies.proxyFor(proxies, origin) : own === "none" ? undefined : own,
      ca: ca.length === 0 ? undefined : ca
    }
  }
}
