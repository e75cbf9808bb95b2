/**
 * The relay without a process: routes that receive, and the loops that map and dispatch behind them.
 */
import type { ByteSize } from "effect"
import { Layer } from "effect"
import type { HttpClient, HttpRouter } from "effect/http"
import * as Dispatcher from "./Dispatcher.ts"
import type { Inbox } from "./Inbox.ts"
import type { Leadership } from "./Leadership.ts"
import * as Mapper from "./Mapper.ts"
import * as Receiver from "./Receiver.ts"
import * as Sources from "./Sources.ts"
import type { SpotControl } from "./SpotControl.ts"
import * as Spots from "./Spots.ts"

/**
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** What senders call, without a slash at the end. */
  readonly publicUrl: string
  /** By name, those it begins with; the service `Spots` replaces them. */
  readonly spots: ReadonlyMap<string, Spots.Options>
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
): Layer.Layer<
  Sources.Sources | Spots.Spots,
  never,
  HttpRouter.HttpRouter | Inbox | SpotControl | Leadership | HttpClient.HttpClient
> =>
  Layer.mergeAll(Receiver.layer(options), Mapper.layer, Dispatcher.layer(options.dispatcher)).pipe(
    Layer.provideMerge([Sources.Sources.layer(options.sources), Spots.Spots.layer(options.spots)])
  )
