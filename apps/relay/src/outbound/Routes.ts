/** An HTTP client for calls to other hosts: with keep-alive, directly or through a proxy. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Agent, buildConnector, Dispatcher, Pool, ProxyAgent } from "@effect/platform-node/Undici"
import { Effect, Layer, Redacted } from "effect"
import * as Proxies from "./Proxies.ts"

/** The route to one origin. */
export interface Route {
  readonly proxy: Proxies.Proxy | undefined
  /** Certificate authorities in PEM format, in place of those of Node.js. */
  readonly ca: ReadonlyArray<string> | undefined
}

interface Way extends Route {
  readonly dispatcher: Dispatcher
}

/** A dispatcher that looks up the route with each call. A changed route applies to new calls. */
class Routes extends Dispatcher {
  readonly #routeOf: (origin: string) => Route
  readonly #ways = new Map<string, Way>()

  constructor(routeOf: (origin: string) => Route) {
    super()
    this.#routeOf = routeOf
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return this.#wayTo(String(options.origin)).dispatch(options, handler)
  }

  #wayTo(origin: string): Dispatcher {
    const route = this.#routeOf(origin)
    const known = this.#ways.get(origin)
    if (known !== undefined && isSame(known, route)) return known.dispatcher
    const dispatcher = dispatcherOf(route)
    this.#ways.set(origin, { ...route, dispatcher })
    // Calls in flight finish on their old route.
    void known?.dispatcher.close().catch(() => {})
    return dispatcher
  }

  override async close(): Promise<void> {
    await Promise.all([...this.#ways.values()].map(({ dispatcher }) => dispatcher.close()))
  }

  override async destroy(): Promise<void> {
    await Promise.all([...this.#ways.values()].map(({ dispatcher }) => dispatcher.destroy()))
  }
}

const isSame = (one: Route, other: Route): boolean =>
  Proxies.isSame(one.proxy, other.proxy) && one.ca?.join() === other.ca?.join()

const dispatcherOf = ({ proxy, ca }: Route): Dispatcher => {
  const tls = ca === undefined ? {} : { ca: [...ca] }
  if (proxy === undefined) return new Agent({ connect: tls })
  const uri = Redacted.value(proxy)
  const toProxy = (origin: string | URL, options: object) =>
    new Pool(origin, { ...options, connect: tellingOfProxy(buildConnector({})) })
  return new ProxyAgent({
    uri,
    ...(ca === undefined ? {} : { requestTls: tls }),
    clientFactory: toProxy,
    factory: (origin, options) =>
      new URL(origin).origin === new URL(uri).origin ? toProxy(origin, options) : new Pool(origin, options)
  })
}

/** Marks errors of the connection to the proxy with a code, because they look like errors of the called host. */
const tellingOfProxy =
  (connect: buildConnector.connector): buildConnector.connector =>
  (options, callback) =>
    connect(options, (...result) => {
      const [error] = result
      if (error === null) return callback(...result)
      const code = "code" in error && typeof error.code === "string" ? error.code : "UNKNOWN"
      callback(Object.assign(new Error("The proxy can't be reached"), { code: `PROXY_${code}` }), null)
    })

/** An `HttpClient` with its own connections, by the route of each origin. */
export const layer = (routeOf: (origin: string) => Route) =>
  Layer.provide(
    // A shared layer would bring its own dispatcher.
    Layer.fresh(NodeHttpClient.layerUndiciNoDispatcher),
    Layer.effect(
      NodeHttpClient.Dispatcher,
      Effect.acquireRelease(
        Effect.sync(() => new Routes(routeOf)),
        (routes) => Effect.promise(() => routes.destroy())
      )
    )
  )

/** An `HttpClient` with these proxies and the authorities of Node.js. */
export const layerProxies = (proxies: Proxies.Proxies) =>
  layer((origin) => ({ proxy: Proxies.proxyFor(proxies, origin), ca: undefined }))
