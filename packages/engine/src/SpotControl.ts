/**
 * What holds up a Spot or one of its Lives, and who leads it. It is kept in the database, so that it outlives the relay and
 * all relays on the database agree.
 */
import { Context, type DateTime, Effect, Layer, Schema } from "effect"
import { type Migrator, SqlClient } from "effect/sql"
import type * as Budget from "./Budget.ts"
import { Events } from "./Events.ts"
import type { InboxUnavailable } from "./Inbox.ts"
import { migrate } from "./InboxSql.ts"
import { spotControlSql } from "./internal/inbox/spotControl.ts"
import { DatabaseClock } from "./internal/inbox/timeline.ts"
import { ending } from "./internal/metrics/ended.ts"
import { Signals } from "./Signals.ts"

/**
 * Who paused a Spot. `upstream`: it does not accept the key; a call now and then finds out whether that is mended.
 * `operator`: a person, who has to resume it.
 *
 * @category models
 * @since 0.1.0
 */
export const PausedBy = Schema.Literals(["operator", "upstream"])

/**
 * @category models
 * @since 0.1.0
 */
export const SpotState = Schema.Struct({
  spot: Schema.String,
  /** Null while it is not paused. */
  paused: Schema.NullOr(Schema.Struct({ since: Schema.DateTimeUtc, by: PausedBy, reason: Schema.String })),
  /** No call before then, since the upstream said so. */
  restsUntil: Schema.NullOr(Schema.DateTimeUtc),
  /** How many members a call may have, since the upstream refused more; null while it did not. */
  largestBatch: Schema.NullOr(Schema.Int)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface SpotState extends Schema.Schema.Type<typeof SpotState> {}

/**
 * A Live that the upstream does not know.
 *
 * @category models
 * @since 0.1.0
 */
export const ParkedLive = Schema.Struct({
  spot: Schema.String,
  liveId: Schema.String,
  since: Schema.DateTimeUtc,
  /** When one invitation is tried again. */
  until: Schema.DateTimeUtc
})

/**
 * @category models
 * @since 0.1.0
 */
export interface ParkedLive extends Schema.Schema.Type<typeof ParkedLive> {}

/**
 * What waits to be sent.
 *
 * @category models
 * @since 0.1.0
 */
export interface Backlog {
  readonly invitations: number
  /** That it takes, where those that can go together do. */
  readonly calls: number
  /** There are more: only so many are counted. */
  readonly isMore: boolean
}

/**
 * @category services
 * @since 0.1.0
 */
export class SpotControl extends Context.Service<
  SpotControl,
  {
    /** Of every Spot that was ever dispatched. */
    readonly all: Effect.Effect<ReadonlyArray<SpotState>, InboxUnavailable>
    /** Takes the lead: the number that `Inbox.claim` wants, higher than any before. */
    readonly lead: (spot: string) => Effect.Effect<number, InboxUnavailable>
    /** Nothing is sent from now on, but what is under way. A word of the upstream's does not change an operator's. */
    readonly pause: (
      spot: string,
      by: typeof PausedBy.Type,
      reason: string
    ) => Effect.Effect<void, InboxUnavailable>
    /** `true` if it was paused. */
    readonly resume: (spot: string) => Effect.Effect<boolean, InboxUnavailable>
    /** Nothing is sent before then; an earlier time changes nothing. */
    readonly rest: (spot: string, until: DateTime.Utc) => Effect.Effect<void, InboxUnavailable>
    /** From now on a call has so many members at the most. */
    readonly limitBatch: (spot: string, members: number) => Effect.Effect<void, InboxUnavailable>

    readonly parked: Effect.Effect<ReadonlyArray<ParkedLive>, InboxUnavailable>
    /**
     * The invitations of the Live wait; one of them is tried now and then, ever more seldom. Those asked for before
     * `exhausts` are `exhausted`, once the Live has been parked since then.
     */
    readonly park: (
      spot: string,
      liveId: string,
      exhausts: DateTime.Utc
    ) => Effect.Effect<ParkedLive, InboxUnavailable>
    /** What waits of the Live is due at once, also what waits for its retry. `true` if it was parked. */
    readonly unpark: (spot: string, liveId: string) => Effect.Effect<boolean, InboxUnavailable>

    /** What counts by now in each window, the shorter one first. */
    readonly usage: (
      spot: string,
      limits: Budget.Limits
    ) => Effect.Effect<ReadonlyArray<Budget.Usage>, InboxUnavailable>
    /** How many calls began since then. */
    readonly callsSince: (spot: string, since: DateTime.Utc) => Effect.Effect<number, InboxUnavailable>
    readonly backlog: (spot: string) => Effect.Effect<Backlog, InboxUnavailable>
  }
>()("@usher/engine/SpotControl") {
  /** Migrates, then keeps it beside the Inbox. */
  static readonly layerSql: Layer.Layer<
    SpotControl,
    InboxUnavailable | Migrator.MigrationError,
    SqlClient.SqlClient | Signals
  > = Layer.effect(
    this,
    Effect.gen(function* () {
      yield* migrate
      const sql = yield* SqlClient.SqlClient
      const signals = yield* Signals
      return SpotControl.of(spotControlSql(sql, signals, yield* Events, yield* ending, yield* DatabaseClock))
    })
  )
}
