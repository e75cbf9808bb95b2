/**
 * The HTTP client for calls to Spots. A Spot's own certificate authorities and proxy apply to its origin only.
 */
import { Context, Effect, Layer } from "effect"
import * as Proxies from "./Proxies.ts"
import * as Routes from "./Routes.ts"

/** The route options of a Spot. */
export interface SpotRoute {
  readonly origin: string
  /** Certificate authorities, in place of those of Node.js. */
  readonly authority?: { readonly pem: string } | undefined
  /** The proxy, in place of the general one. */
  readonly proxy?: Proxies.Proxy | "none" | undefined
}

/** Route options by the name of the Spot. */
export type Trusted = ReadonlyMap<string, SpotRoute>

export class Upstream extends Context.Service<
  Upstream,
  {
    /** Replaces the route options for new calls. */
    readonly trust: (trusted: Trusted) => Effect.Effect<void>
  }
>()("@usher/relay/Upstream") {}

/** An `HttpClient` with these routes, which can be replaced later. */
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

/** The proxies of the Spots that have one, by name. */
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

/** The route of each origin. Spots at one origin share their options. */
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
