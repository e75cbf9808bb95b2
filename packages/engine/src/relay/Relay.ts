/** The relay as a layer: routes that receive webhooks, and loops that map and dispatch them. */
import { Layer } from "effect"
import type { HttpClient, HttpRouter } from "effect/http"
import * as Dispatcher from "../dispatch/Dispatcher.ts"
import type { Leadership } from "../dispatch/Leadership.ts"
import * as Spots from "../dispatch/Spots.ts"
import * as Mapper from "../map/Mapper.ts"
import * as Gauges from "../operate/Gauges.ts"
import * as LiveReader from "../operate/LiveReader.ts"
import type { Inbox } from "../ports/Inbox.ts"
import type { LiveCatalog } from "../ports/LiveCatalog.ts"
import type { Operations } from "../ports/Operations.ts"
import type { SpotControl } from "../ports/SpotControl.ts"
import type { Quarantine } from "../receive/Quarantine.ts"
import * as Receiver from "../receive/Receiver.ts"
import type { Source } from "../source/Source.ts"
import * as Sources from "../source/Sources.ts"
import * as StoredBody from "../source/StoredBody.ts"

/**
 * The options of a relay on storage that the program provides.
 *
 * @category options
 */
export interface Options extends Receiver.Options {
  /** The Spots by name. The service `Spots` can replace them while the relay runs. */
  readonly spots: Readonly<Record<string, Spots.Options>> | ReadonlyMap<string, Spots.Options>
  /** The sources, each with its own name. The service `Sources` can replace them while the relay runs. */
  readonly sources: ReadonlyArray<Source>
  /** Options of the dispatcher. Default: the dispatcher's defaults. */
  readonly dispatcher?: Dispatcher.Options | undefined
}

/**
 * Receives, maps and dispatches webhooks while the layer exists, on storage that the program provides. Serve it with
 * `HttpRouter.serve`, beside your own routes. `RelaySqlite.layer` and `RelayPostgres.layer` include the storage. The
 * `Quarantine` keeps deliveries that do not verify; `Quarantine.layerNone` keeps none.
 *
 * @category layers
 */
export const layer = (
  options: Options
): Layer.Layer<
  Sources.Sources | Spots.Spots,
  never,
  | HttpRouter.HttpRouter
  | Inbox
  | LiveCatalog
  | Operations
  | SpotControl
  | Quarantine
  | Leadership
  | HttpClient.HttpClient
> => Layer.provideMerge(layerWithSources(options), Sources.layer(Sources.byName(options.sources)))

/**
 * The same layer, with `Sources` as a requirement. Use it if other layers need the sources, too.
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
  | LiveCatalog
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
    Gauges.layer,
    LiveReader.layer
  ).pipe(
    Layer.provideMerge(
      Spots.layer(options.spots instanceof Map ? options.spots : new Map(Object.entries(options.spots)))
    )
  )

/** The mapper reads bodies of the size that the receiver accepts. */
const layerMapper = ({ maxBodySize }: Pick<Receiver.Options, "maxBodySize">) =>
  maxBodySize === undefined
    ? Mapper.layer
    : Layer.provide(Mapper.layer, Layer.succeed(StoredBody.MaxSize, maxBodySize))
