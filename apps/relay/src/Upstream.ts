/**
 * How Spots are called: over connections that are kept open. A Spot's own certificate authorities count for its origin
 * alone, in place of those that Node.js knows.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { buildConnector } from "@effect/platform-node/Undici"
import { Context, Effect, Layer } from "effect"
import type { Authority } from "./config/Authority.ts"

/** By the name of a Spot: who answers for the host that it is called at. */
export type Trusted = ReadonlyMap<string, { readonly origin: string; readonly authority: Authority }>

export class Upstream extends Context.Service<
  Upstream,
  {
    /** For connections made from now on. */
    readonly trust: (trusted: Trusted) => Effect.Effect<void>
  }
>()("@usher/relay/Upstream") {}

/** An `HttpClient` that trusts these, until it is told to trust others. */
export const layer = (trusted: Trusted) =>
  Layer.unwrap(
    Effect.sync(() => {
      let connectors = connectorsOf(trusted)
      const byDefault = buildConnector({})
      const connect: buildConnector.connector = (options, callback) =>
        (connectors.get(`${options.protocol}//${options.host}`) ?? byDefault)(options, callback)
      const trust = (trusted: Trusted) =>
        Effect.sync(() => {
          connectors = connectorsOf(trusted)
        })
      return Layer.merge(
        Layer.provide(
          // Another's would come with another's dispatcher.
          Layer.fresh(NodeHttpClient.layerUndiciNoDispatcher),
          NodeHttpClient.layerDispatcherOptions({ connect })
        ),
        Layer.succeed(Upstream, { trust })
      )
    })
  )

/** By origin; Spots at one origin share what each of them trusts. */
const connectorsOf = (trusted: Trusted): ReadonlyMap<string, buildConnector.connector> => {
  const byOrigin = Map.groupBy(trusted.values(), ({ origin }) => origin)
  return new Map(
    [...byOrigin].map(([origin, spots]) => [
      origin,
      buildConnector({ ca: spots.map(({ authority }) => authority.pem) })
    ])
  )
}
