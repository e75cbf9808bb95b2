/**
 * The relay without a process: routes that receive, and the loops that map and dispatch behind them.
 */
import { Layer } from "effect"
import type { HttpClient, HttpRouter } from "effect/http"
import * as Dispatcher from "../dispatch/Dispatcher.ts"
import type { Leadership } from "../dispatch/Leadership.ts"
import * as Spots from "../dispatch/Spots.ts"
import * as Mapper from "../map/Mapper.ts"
import * as Gauges from "../operate/Gauges.ts"
import type { Inbox } from "../ports/Inbox.ts"
import type { Operations } from "../ports/Operations.ts"
import type { SpotControl } from "../ports/SpotControl.ts"
import type { Quarantine } from "../receive/Quarantine.ts"
import * as Receiver from "../receive/Receiver.ts"
import type { Source } from "../source/Source.ts"
import * as Sources from "../source/Sources.ts"
import * as StoredBody from "../source/StoredBody.ts"

/**
 * The options of a relay whose storage the program provides.
 *
 * @category options
 */
export interface Options extends Receiver.Options {
  /** The Spots by name. The service `Spots` replaces them while the relay runs. */
  readonly spots: Readonly<Record<string, Spots.Options>> | ReadonlyMap<string, Spots.Options>
  /** The sources, each with a name of its own. The service `Sources` replaces them while the relay runs. */
  readonly sources: ReadonlyArray<Source>
  /** Options of the dispatcher. Default: its defaults. */
  readonly dispatcher?: Dispatcher.Options | undefined
}

/**
 * Receives, maps and dispatches for as long as the layer lives, over storage that the program provides. Serve it with
 * `HttpRouter.serve`, beside routes of your own. `RelaySqlite.layer` and `RelayPostgres.layer` bring the storage, too. The
 * `Quarantine` keeps deliveries that do not verify; `Quarantine.layerNone` keeps none.
 *
 * @category layers
 */
export const layer = (
  options: Options
): Layer.Layer<
  Sources.Sources | Spots.Spots,
  never,
  HttpRouter.HttpRouter | Inbox | Operations | SpotControl | Quarantine | Leadership | HttpClient.HttpClient
> => Layer.provideMerge(layerWithSources(options), Sources.layer(Sources.byName(options.sources)))

/**
 * The same, with `Sources` as a requirement: for a relay beside which other layers need them.
 *
 * @category layers
 */
export const layerWithSources = (
  options: Omit<Options, "sources">
): Layer.Layer<
  Spots.Spots,
  never,
  | HttpRouter.HttpRouter
  | Inbox
  | Operations
  | Sources.Sources
  | SpotControl
  | Quarantine
  | Leadership
  | HttpClient.HttpClient
> =>
  Layer.mergeAll(
    Receiver.layer(options),
    layerMapper(options),
    Dispatcher.layer(options.dispatcher),
    Gauges.layer
  ).pipe(
    Layer.provideMerge(
      Spots.layer(options.spots instanceof Map ? options.spots : new Map(Object.entries(options.spots)))
    )
  )

/** What the receiver took, the mapper reads. */
const layerMapper = ({ maxBodySize }: Pick<Receiver.Options, "maxBodySize">) =>
  maxBodySize === undefined
    ? Mapper.layer
    : Layer.provide(Mapper.layer, Layer.succeed(StoredBody.MaxSize, maxBodySize))
