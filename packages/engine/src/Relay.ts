/**
 * The relay without a process: routes that receive, and the loops that map and dispatch behind them.
 */
import type { ByteSize } from "effect"
import { Layer } from "effect"
import type { HttpClient, HttpRouter } from "effect/http"
import type { MeltingSpotConfig } from "@usher/core"
import * as Dispatcher from "./Dispatcher.ts"
import type { Inbox } from "./Inbox.ts"
import * as Mapper from "./Mapper.ts"
import * as Receiver from "./Receiver.ts"
import * as Sources from "./Sources.ts"
import { Spots } from "./Spots.ts"

/**
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** What senders call, without a slash at the end. */
  readonly publicUrl: string
  /** By name: how to reach each Spot's upstream. */
  readonly spots: ReadonlyMap<string, MeltingSpotConfig.Options>
  /** Those it begins with; the service `Sources` replaces them. */
  readonly sources: Sources.All
  readonly maxBodySize?: ByteSize.ByteSize | undefined
  readonly dispatcher?: Dispatcher.Options | undefined
}

/**
 * Receives, maps and dispatches for as long as it lives. Serve it with `HttpRouter.serve`, beside routes of your own.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: Options
): Layer.Layer<Sources.Sources, never, HttpRouter.HttpRouter | Inbox | HttpClient.HttpClient> =>
  Layer.mergeAll(
    Receiver.layer(options),
    Mapper.layer,
    Dispatcher.layer(options.dispatcher).pipe(Layer.provide(Spots.layer(options.spots)))
  ).pipe(Layer.provideMerge(Sources.Sources.layer(options.sources)))
