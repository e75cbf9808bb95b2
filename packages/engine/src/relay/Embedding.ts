/**
 * What an embedded relay is made of, whatever database it has: `RelaySqlite.layer` and `RelayPostgres.layer` take these
 * options and give these services.
 */
import type { Config, Effect } from "effect"
import type * as Dispatcher from "../dispatch/Dispatcher.ts"
import type * as Spots from "../dispatch/Spots.ts"
import type * as Purging from "../operate/Purging.ts"
import type { Database } from "../ports/Database.ts"
import type { Events } from "../ports/Events.ts"
import type { Inbox } from "../ports/Inbox.ts"
import type { Operations } from "../ports/Operations.ts"
import type { SourceControl } from "../ports/SourceControl.ts"
import type { SpotControl } from "../ports/SpotControl.ts"
import type * as Quarantine from "../receive/Quarantine.ts"
import type * as Receiver from "../receive/Receiver.ts"
import type { Source } from "../source/Source.ts"
import type { Sources } from "../source/Sources.ts"
import type { Insight } from "../store/Insight.ts"

/**
 * A source, or an Effect that makes one, such as what `Source.make` returns.
 *
 * @category models
 */
export type GivenSource = Source | Effect.Effect<Source, unknown, unknown>

/**
 * The options of an embedded relay, besides those of its database.
 *
 * @category options
 */
export interface Options<S extends GivenSource = GivenSource> extends Omit<Receiver.Options, "publicUrl"> {
  /** The sources, each at `POST /webhooks/{name}`. Two of one name, or one whose Spot is not in `spots`, are a defect. */
  readonly sources: ReadonlyArray<S>
  /** The Spots by the names that the sources use: their options, or a `Config` that reads them. */
  readonly spots: Readonly<Record<string, Spots.Options | Config.Config<Spots.Options>>>
  /**
   * The URL under which senders call this server, without a slash at the end, such as `https://hooks.example.com`. Required
   * where a source's sender signs the URL, which is a defect otherwise. Optional for all other senders.
   */
  readonly publicUrl?: string | undefined
  /** Bounds of the quarantine, which keeps refused deliveries; `false` keeps none. Default: on, with the default bounds. */
  readonly quarantine?: Quarantine.Bounds | false | undefined
  /** How long the relay keeps what it is done with; `false` deletes nothing. Default: webhooks' bodies for 90 days. */
  readonly purge?: Purging.Options | false | undefined
  /** Options of the dispatcher. Default: its defaults. */
  readonly dispatcher?: Dispatcher.Options | undefined
}

/**
 * The services of an embedded relay: search, replay, forget and purge by `Operations`; resume a Spot by `SpotControl`, pause
 * and resume a source by `SourceControl`; release refused deliveries by `Quarantine`; figures by `Insight`; what changes, as it
 * changes, by `Events`. `Sources` and `Spots` can be replaced while the relay runs.
 *
 * @category services
 */
export type Services =
  | Inbox
  | Operations
  | SpotControl
  | SourceControl
  | Quarantine.Quarantine
  | Insight
  | Events
  | Sources
  | Spots.Spots
  | Database
