/**
 * Options and services of an embedded relay, for any database. `RelaySqlite.layer` and `RelayPostgres.layer` take these
 * options and provide these services.
 */
import type { Config, Effect } from "effect"
import type * as Dispatcher from "../dispatch/Dispatcher.ts"
import type * as Spots from "../dispatch/Spots.ts"
import type * as Purging from "../operate/Purging.ts"
import type { Concerns } from "../operate/Concerns.ts"
import type { Database } from "../ports/Database.ts"
import type { Events } from "../ports/Events.ts"
import type { Inbox } from "../ports/Inbox.ts"
import type { Jobs } from "../ports/Jobs.ts"
import type { LiveCatalog } from "../ports/LiveCatalog.ts"
import type { Operations } from "../ports/Operations.ts"
import type { SourcePauses } from "../ports/SourcePauses.ts"
import type { SpotControl } from "../ports/SpotControl.ts"
import type * as Quarantine from "../receive/Quarantine.ts"
import type * as Receiver from "../receive/Receiver.ts"
import type { Source } from "../source/Source.ts"
import type { Sources } from "../source/Sources.ts"
import type { Reporting } from "../store/Reporting.ts"

/**
 * A source, or an Effect that makes one, such as the result of `Source.make`.
 *
 * @category models
 */
export type GivenSource = Source | Effect.Effect<Source, unknown, unknown>

/**
 * The options of an embedded relay, except those of its database.
 *
 * @category options
 */
export interface Options<S extends GivenSource = GivenSource> extends Omit<Receiver.Options, "publicUrl"> {
  /**
   * The sources, each at `POST /webhooks/{name}`. Two sources with one name, or a source whose Spot is not in `spots`,
   * are a defect.
   */
  readonly sources: ReadonlyArray<S>
  /** The Spots by the names that the sources use. Each has options, or a `Config` that reads them. */
  readonly spots: Readonly<Record<string, Spots.Options | Config.Config<Spots.Options>>>
  /**
   * The URL under which senders call this server, without a trailing slash, such as `https://hooks.example.com`.
   * Required if the sender of a source signs the URL, and a defect without it. Optional for all other senders.
   */
  readonly publicUrl?: string | undefined
  /**
   * Limits of the quarantine, which keeps refused deliveries. `false` keeps none. Default: on, with the default limits.
   */
  readonly quarantine?: Quarantine.Bounds | false | undefined
  /** How long the relay keeps processed data. `false` deletes nothing. Default: bodies of webhooks for 90 days. */
  readonly purge?: Purging.Options | false | undefined
  /** Options of the dispatcher. Default: the dispatcher's defaults. */
  readonly dispatcher?: Dispatcher.Options | undefined
}

/**
 * The services of an embedded relay. `Operations` searches, replays, forgets and purges. `SpotControl` resumes a Spot,
 * `SourcePauses` pauses and resumes a source, `Quarantine` releases refused deliveries. `Reporting` reports figures,
 * `Concerns` lists what an operator should know, `LiveCatalog` lists the Lives, `Jobs` keeps long work that goes on after a
 * restart, `Events` publishes changes. A program can
 * replace `Sources` and `Spots` while the relay runs.
 *
 * @category services
 */
export type Services =
  | Inbox
  | Jobs
  | LiveCatalog
  | Operations
  | SpotControl
  | SourcePauses
  | Quarantine.Quarantine
  | Reporting
  | Concerns
  | Events
  | Sources
  | Spots.Spots
  | Database
