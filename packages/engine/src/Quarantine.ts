/**
 * Where deliveries wait that did not verify, with all that it takes to verify them again: most often a secret was wrong,
 * and once it is mended they are released as if they came when they came. What a forger sends is kept as well, so there
 * are bounds on how many are kept, how large, how long and how fast; the oldest go first.
 */
import { Context, type Duration, type Effect, Schema } from "effect"
import { Diagnosis, type Delivery, VerificationFailed } from "@usher/signatures"
import type { InboxUnavailable } from "./Inbox.ts"
import type { Page, PageOptions } from "./Search.ts"
import type { Source } from "./Source.ts"

/**
 * A delivery that was refused.
 *
 * @category models
 * @since 0.1.0
 */
export const Quarantined = Schema.Struct({
  id: Schema.String,
  source: Schema.String,
  sender: Schema.String,
  firstAt: Schema.DateTimeUtc,
  /** When it came last. Its signature is this one's, and is judged by this time. */
  lastAt: Schema.DateTimeUtc,
  /** How often it came. */
  times: Schema.Int,
  reason: VerificationFailed.Reason,
  /** The same as a sentence, which holds nothing of what was sent. */
  message: Schema.String,
  method: Schema.String,
  /** Without its query, which may carry a token. */
  path: Schema.String,
  /** Without secrets and signatures. */
  headers: Schema.Record(Schema.String, Schema.String),
  /** Bytes of the body. */
  size: Schema.Int
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Quarantined extends Schema.Schema.Type<typeof Quarantined> {}

/**
 * With its body, and with what may explain the refusal, by the present secrets and the time when it came.
 *
 * @category models
 * @since 0.1.0
 */
export interface Detail extends Quarantined {
  readonly body: Uint8Array
  /** Whether it would be released; never, if its source is not configured any more. */
  readonly verifies: boolean
  /** The likeliest first. */
  readonly findings: ReadonlyArray<Diagnosis.Finding>
  readonly tried: ReadonlyArray<Diagnosis.Tried>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Refused {
  readonly source: Source
  readonly delivery: Delivery.Delivery
  /** The path and the query that were called: what stands before them is configured, and may be what is wrong. */
  readonly target: string
  readonly failed: VerificationFailed.VerificationFailed
}

/**
 * Which ones: these, those of a source, or both together; all, without either.
 *
 * @category options
 * @since 0.1.0
 */
export interface Which {
  readonly ids?: ReadonlyArray<string> | undefined
  readonly source?: string | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Released {
  /** Accepted now, or before: a duplicate is a release, too. */
  readonly released: number
  /** Do not verify, or their source is not configured any more: they stay. */
  readonly refused: number
}

/**
 * Bounds, for each source.
 *
 * @category options
 * @since 0.1.0
 */
export interface Bounds {
  /** Deliveries. Default 1,000. */
  readonly deliveries?: number | undefined
  /** Bytes of their bodies. Default 20 MiB. */
  readonly bytes?: number | undefined
  /** Since they came last. Default 14 days. */
  readonly age?: Duration.Duration | undefined
  /** In the long run, and as many at once, for each relay; more are refused and not kept. Default 60. */
  readonly perMinute?: number | undefined
}

/**
 * @category services
 * @since 0.1.0
 */
export class Quarantine extends Context.Service<
  Quarantine,
  {
    /** Keeps it, or notes that it came again; within the bounds. Whether it did. */
    readonly keep: (refused: Refused) => Effect.Effect<boolean, InboxUnavailable>

    /** Newest first. */
    readonly list: (
      filter: { readonly source?: string | undefined },
      page: PageOptions
    ) => Effect.Effect<Page<Quarantined>, InboxUnavailable>

    /** How many there are of each source that has any. */
    readonly counts: Effect.Effect<ReadonlyMap<string, number>, InboxUnavailable>

    /** One of them, explained: takes a moment, and is for people who ask. */
    readonly get: (id: string) => Effect.Effect<Detail | undefined, InboxUnavailable>

    /**
     * Verifies again, with the present secrets and by the time when it came, and hands what verifies to the Inbox, oldest
     * first. `unverified`: an operator answers for them, and they are not verified.
     */
    readonly release: (
      which: Which,
      options?: { readonly unverified?: boolean | undefined }
    ) => Effect.Effect<Released, InboxUnavailable>

    /** Lets go of them. How many. */
    readonly discard: (which: Which) => Effect.Effect<number, InboxUnavailable>
  }
>()("@usher/engine/Quarantine") {}
