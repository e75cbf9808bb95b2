/**
 * Keeps refused deliveries with all data to verify them later. Most often a secret was wrong. After the operator
 * corrects it, the relay accepts released deliveries as of the time they were received. Forged deliveries are kept,
 * too, so their number, size, age and rate are limited. Clients of a source share its limits: one that sends too much
 * displaces its own deliveries.
 */
import { Context, DateTime, type Duration, Effect, Layer } from "effect"
import type { Delivery, Diagnosis, VerificationFailed } from "@usher/signatures"
import type { Discarded, Quarantined, Refusal, Released, ReleasePlan } from "@usher/model/Quarantined"
import type { Page, PageOptions } from "@usher/model/Search"
import type { InboxUnavailable } from "../ports/Inbox.ts"
import type { Source } from "../source/Source.ts"

/**
 * A refused delivery with its body and diagnosis, based on the present secrets and the time at which it was received.
 *
 * @category models
 */
export interface Detail extends Quarantined {
  /** The raw body. */
  readonly body: Uint8Array
  /** Whether a release accepts it without `unverified`. */
  readonly verifies: boolean
  /** Why it does not verify now. Null if it does. */
  readonly refusal: Refusal | null
  /** Likely causes, the most likely first. */
  readonly findings: ReadonlyArray<Diagnosis.Finding>
  /** What the diagnosis tried, by kind. */
  readonly tried: ReadonlyArray<Diagnosis.Tried>
  /** What the diagnosis skipped and why, as a sentence. Null if nothing was skipped. */
  readonly untried: string | null
}

/**
 * A refused delivery to keep.
 *
 * @category models
 */
export interface Refused {
  /** The source that it was sent to. */
  readonly source: Source
  /** The delivery as received. */
  readonly delivery: Delivery.Delivery
  /** The requested path and query. The public URL before them comes from the configuration, which may be the cause. */
  readonly target: string
  /**
   * The address of the client, whose rate limit applies; for IPv6, its network of 64 bits. Default: unknown clients
   * share one limit.
   */
  readonly client?: string | undefined
  /** Why it did not verify. */
  readonly failed: VerificationFailed.VerificationFailed
}

/**
 * A selection of deliveries. `ids` and `source` together select the ids that belong to the source. Without any field,
 * it is empty.
 *
 * @category options
 */
export interface Which {
  /** The deliveries with these ids. */
  readonly ids?: ReadonlyArray<string> | undefined
  /** The deliveries of this source. */
  readonly source?: string | undefined
  /** All deliveries. */
  readonly all?: true | undefined
  /** Leaves out deliveries that were first kept at this time or later. The `asOf` of a plan selects its deliveries. */
  readonly asOf?: DateTime.Utc | undefined
}

/**
 * Who releases deliveries, and whether unverified ones are released, too.
 *
 * @category options
 */
export interface ReleaseOptions {
  /** The name of the operator, for the history of the webhook. */
  readonly by: string
  /** Also accepts deliveries that do not verify, on the operator's responsibility. Default: false. */
  readonly unverified?: boolean | undefined
}

/**
 * Limits for each source.
 *
 * @category options
 */
export interface Bounds {
  /** The maximum number of deliveries. Default: 1,000. */
  readonly deliveries?: number | undefined
  /** The maximum total size of the bodies. Default: 20 MiB. */
  readonly bytes?: number | undefined
  /** How long a delivery is kept after it was last received. Default: 14 days. */
  readonly age?: Duration.Duration | undefined
  /**
   * Deliveries that each relay keeps per minute: this many of one client, and ten times as many of a source, on average
   * and as a burst. Further ones are not kept. Default: 60.
   */
  readonly perMinute?: number | undefined
}

/**
 * Keeps refused deliveries until an operator releases or discards them.
 *
 * @category services
 */
export class Quarantine extends Context.Service<
  Quarantine,
  {
    /**
     * Keeps a refused delivery within the limits, or counts a redelivery by the same client. Stores the first and the
     * last request. Returns whether it is kept.
     */
    readonly keep: (refused: Refused) => Effect.Effect<boolean, InboxUnavailable>

    /** The kept deliveries, newest first, page by page. */
    readonly list: (
      filter: { readonly source?: string | undefined },
      page: PageOptions
    ) => Effect.Effect<Page<Quarantined>, InboxUnavailable>

    /** The number of kept deliveries by source. */
    readonly counts: Effect.Effect<ReadonlyMap<string, number>, InboxUnavailable>

    /** One delivery with its diagnosis, which runs in a child process. */
    readonly get: (id: string) => Effect.Effect<Detail | undefined, InboxUnavailable>

    /** What `release` and `discard` would do with the selection: verifies it, and changes nothing. */
    readonly plan: (which: Which) => Effect.Effect<ReleasePlan, InboxUnavailable>

    /**
     * Verifies the selection again, with the present secrets and the time at which each delivery was received, and
     * accepts those that verify, oldest first. Deliveries keep the ids that they would have had, so a later redelivery
     * is a duplicate. A delivery that several clients sent is removed once it is accepted from one. Safe to repeat
     * after a failure.
     */
    readonly release: (which: Which, options: ReleaseOptions) => Effect.Effect<Released, InboxUnavailable>

    /** Deletes the selection. */
    readonly discard: (which: Which) => Effect.Effect<Discarded, InboxUnavailable>
  }
>()("@usher/engine/Quarantine") {}

/**
 * Keeps no refused deliveries.
 *
 * @category layers
 */
export const layerNone: Layer.Layer<Quarantine> = Layer.succeed(
  Quarantine,
  Quarantine.of({
    keep: () => Effect.succeed(false),
    list: () => Effect.succeed({ items: [], next: null }),
    counts: Effect.succeed(new Map()),
    get: () => Effect.undefined,
    plan: ({ ids = [] }) =>
      Effect.map(DateTime.now, (asOf) => ({ deliveries: 0, verifying: 0, reasons: {}, unknown: ids, asOf })),
    release: ({ ids = [] }) =>
      Effect.succeed({ released: 0, duplicates: 0, refused: 0, reasons: {}, stayed: [], unknown: ids }),
    discard: ({ ids = [] }) => Effect.succeed({ discarded: 0, unknown: ids })
  })
)
