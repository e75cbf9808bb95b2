/**
 * The relay without a process: routes that receive, and the loops that map and dispatch behind them.
 */
import { Layer } from "effect"
import type { HttpClient, HttpRouter } from "effect/http"
import * as Dispatcher from "./Dispatcher.ts"
import * as Gauges from "./Gauges.ts"
import type { Inbox } from "./Inbox.ts"
import type { Leadership } from "./Leadership.ts"
import * as Mapper from "./Mapper.ts"
import * as Receiver from "./Receiver.ts"
import * as Sources from "./Sources.ts"
import * as StoredBody from "./StoredBody.ts"
import type { SpotControl } from "./SpotControl.ts"
import * as Spots from "./Spots.ts"

/**
 * @category options
 * @since 0.1.0
 */
export interface Options extends Receiver.Options {
  /** By name, those it begins with; the service `Spots` replaces them. */
  readonly spots: ReadonlyMap<string, Spots.Options>
  /** Those it begins with; the service `Sources` replaces them. */
  readonly sources: Sources.All
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
): Layer.Layer<
  Sources.Sources | Spots.Spots,
  never,
  HttpRouter.HttpRouter | Inbox | SpotControl | Leadership | HttpClient.HttpClient
> => Layer.provideMerge(layerWithSources(options), Sources.layer(options.sources))

/**
 * The same with `Sources` from outside, for a relay beside which others need them: a `Quarantine` that is provided to it
 * keeps what does not verify.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerWithSources = (
  options: Omit<Options, "sources">
): Layer.Layer<
  Spots.Spots,
  never,
  HttpRouter.HttpRouter | Inbox | Sources.Sources | SpotControl | Leadership | HttpClient.HttpClient
> =>
  Layer.mergeAll(
    Receiver.layer(options),
    layerMapper(options),
    Dispatcher.layer(options.dispatcher),
    Gauges.layer
  ).pipe(Layer.provideMerge(Spots.layer(options.spots)))

/** What the receiver took, the mapper reads. */
const layerMapper = ({ maxBodySize }: Pick<Receiver.Options, "maxBodySize">) =>
  maxBodySize === undefined
    ? Mapper.layer
    : Layer.provide(Mapper.layer, Layer.succeed(StoredBody.MaxSize, maxBodySize))
