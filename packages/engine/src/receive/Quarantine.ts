/**
 * Keeps deliveries that were refused, with everything that a verifier and a delivery id read. Most often a secret was
 * wrong: once it is right, an operator releases them, and they are accepted as if they came when they came. Forged
 * deliveries are kept as well, so their number, size, age and rate are bounded. The clients of a source share its bounds: one
 * that sends too much pushes out its own deliveries.
 */
import { Context, type Duration, Effect, Layer } from "effect"
import type { Delivery, Diagnosis, VerificationFailed } from "@usher/signatures"
import type { Discarded, Quarantined, Refusal, Released } from "@usher/model/Quarantined"
import type { Page, PageOptions } from "@usher/model/Search"
import type { InboxUnavailable } from "../ports/Inbox.ts"
import type { Source } from "../source/Source.ts"

/**
 * A refused delivery with its body, and with what may explain the refusal, by the present secrets and the time when the
 * delivery was received.
 *
 * @category models
 */
export interface Detail extends Quarantined {
  /** The body, as it was sent. */
  readonly body: Uint8Array
  /** Whether a release would accept it without an operator's word. */
  readonly verifies: boolean
  /** Why it does not verify now. Null where it does. */
  readonly refusal: Refusal | null
  /** The most likely first. */
  readonly findings: ReadonlyArray<Diagnosis.Finding>
  /** What was tried to explain the refusal, kind by kind. */
  readonly tried: ReadonlyArray<Diagnosis.Tried>
  /** What was not looked for and why, as a sentence. Null where nothing was left out. */
  readonly untried: string | null
}

/**
 * A refused delivery, to be kept.
 *
 * @category models
 */
export interface Refused {
  /** The source that it was sent to. */
  readonly source: Source
  /** The delivery, as it was sent. */
  readonly delivery: Delivery.Delivery
  /** The path and the query that were called. The public URL before them is configuration, and may be what is wrong. */
  readonly target: string
  /** The client's address, an IPv6 one as its network of 64 bits: whose budget it takes. Default: all of them share one. */
  readonly client?: string | undefined
  /** Why it did not verify. */
  readonly failed: VerificationFailed.VerificationFailed
}

/**
 * A selection: these ids, the deliveries of a source, the ids that belong to the source, or with `all` everything. Without
 * any of them it is empty.
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
}

/**
 * Who releases deliveries, and whether without a valid signature.
 *
 * @category options
 */
export interface ReleaseOptions {
  /** The name of the operator, for the story of the webhook. */
  readonly by: string
  /** Accepts deliveries that do not verify, too: the operator answers for them. Default: false. */
  readonly unverified?: boolean | undefined
}

/**
 * Bounds of each source.
 *
 * @category options
 */
export interface Bounds {
  /** Deliveries. Default: 1,000. */
  readonly deliveries?: number | undefined
  /** Bytes of their bodies. Default: 20 MiB. */
  readonly bytes?: number | undefined
  /** How long a delivery is kept after it was last received. Default: 14 days. */
  readonly age?: Duration.Duration | undefined
  /**
   * Deliveries of one client that each relay keeps per minute, on average and in a burst, and ten times as many of a source;
   * the rest is not kept. Default: 60.
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
     * Keeps a refused delivery within the bounds, or counts that its client sent it again; the first and the last request are
     * kept. Whether it is kept.
     */
    readonly keep: (refused: Refused) => Effect.Effect<boolean, InboxUnavailable>

    /** Newest first. */
    readonly list: (
      filter: { readonly source?: string | undefined },
      page: PageOptions
    ) => Effect.Effect<Page<Quarantined>, InboxUnavailable>

    /** The number of deliveries of each source that has any. */
    readonly counts: Effect.Effect<ReadonlyMap<string, number>, InboxUnavailable>

    /** One delivery with its diagnosis, which takes a moment in a process of its own. */
    readonly get: (id: string) => Effect.Effect<Detail | undefined, InboxUnavailable>

    /**
     * Verifies the selection again, by the present secrets and the time when each delivery was received, and accepts
     * what verifies, oldest first. A delivery has the same id as if it had been accepted then: its sender's next retry is
     * a duplicate. Of a delivery that came from several clients, none stays once it is accepted from one. Safe to repeat after
     * a failure.
     */
    readonly release: (which: Which, options: ReleaseOptions) => Effect.Effect<Released, InboxUnavailable>

    /** Deletes the selection. */
    readonly discard: (which: Which) => Effect.Effect<Discarded, InboxUnavailable>
  }
>()("@usher/engine/Quarantine") {}

/**
 * Keeps no refused delivery, and has none.
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
    release: ({ ids = [] }) =>
      Effect.succeed({ released: 0, duplicates: 0, refused: 0, reasons: {}, stayed: [], unknown: ids }),
    discard: ({ ids = [] }) => Effect.succeed({ discarded: 0, unknown: ids })
  })
)
