/**
 * What holds up a Spot or one of its Lives, and who leads it. It is kept in the database, so that it outlives the relay and
 * all relays on the database agree.
 */
import { Clock, Context, DateTime, Duration, Effect, Layer, Schema } from "effect"
import { type Migrator, SqlClient } from "effect/sql"
import * as Budget from "./Budget.ts"
import { InboxUnavailable } from "./Inbox.ts"
import { migrate } from "./InboxSql.ts"
import { Events } from "./Events.ts"
import { backlogOf } from "./internal/inbox/backlog.ts"
import { counting } from "./internal/inbox/counting.ts"
import { spending } from "./internal/inbox/spends.ts"
import { limited, millis, unavailable, wholeMillis } from "./internal/inbox/store.ts"
import { type Ended, ending } from "./internal/metrics/ended.ts"
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

/** A Live is tried again after as long as it is parked by then, within these bounds. */
const soonestTrial = Duration.minutes(1)
const slowestTrial = Duration.hours(1)

const stretch = 500

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
      return SpotControl.of(make(sql, signals, yield* Events, yield* ending))
    })
  )
}

const decodeStates = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      name: Schema.String,
      paused_at: Schema.NullOr(Schema.Union([Schema.Int, Schema.BigInt])),
      paused_by: Schema.NullOr(PausedBy),
      reason: Schema.NullOr(Schema.String),
      rests_until: Schema.Union([Schema.Int, Schema.BigInt]),
      largest_batch: Schema.NullOr(Schema.Int)
    })
  )
)

const time = (millis: number | bigint) => DateTime.makeUnsafe(Number(millis))

const make = (
  sql: SqlClient.SqlClient,
  signals: Signals["Service"],
  events: typeof Events.Service,
  ended: Ended
): SpotControl["Service"] => {
  const count = counting(sql)
  const { usages } = spending(sql)
  const lock = sql.onDialectOrElse({ pg: () => sql.literal("FOR UPDATE"), orElse: () => sql.literal("") })

  /** The row is made by whoever comes first. */
  const ensure = (spot: string) =>
    sql`INSERT INTO spots (name, epoch, rests_until) VALUES (${spot}, 0, 0) ON CONFLICT (name) DO NOTHING`

  const all = Effect.gen(function* () {
    const found =
      yield* sql`SELECT name, paused_at, paused_by, reason, rests_until, largest_batch FROM spots ORDER BY name`
    const now = yield* Clock.currentTimeMillis
    return (yield* decodeStates(found)).map(
      ({ name, paused_at, paused_by, reason, rests_until, largest_batch }): SpotState => ({
        spot: name,
        paused:
          paused_at === null || paused_by === null
            ? null
            : { since: time(paused_at), by: paused_by, reason: reason ?? "" },
        restsUntil: Number(rests_until) > now ? time(rests_until) : null,
        largestBatch: largest_batch
      })
    )
  })

  const lead = Effect.fnUntraced(function* (spot: string) {
    yield* ensure(spot)
    const [row] = yield* sql<{
      epoch: number | bigint
    }>`UPDATE spots SET epoch = epoch + 1 WHERE name = ${spot} RETURNING epoch`
    return Number(row?.epoch)
  }, sql.withTransaction)

  const pause = Effect.fnUntraced(function* (spot: string, by: typeof PausedBy.Type, reason: string) {
    const now = yield* Clock.currentTimeMillis
    const probeAt = by === "operator" ? null : now + Duration.toMillis(soonestTrial)
    yield* ensure(spot)
    yield* sql`UPDATE spots SET paused_at = COALESCE(paused_at, ${now}), paused_by = ${by}, reason = ${reason},
        probe_at = CASE WHEN paused_at IS NOT NULL AND ${by} = 'upstream' THEN probe_at ELSE CAST(${probeAt} AS BIGINT) END
      WHERE name = ${spot} AND (paused_by IS NULL OR paused_by = 'upstream' OR ${by} = 'operator')`
  }, sql.withTransaction)

  const resume = Effect.fnUntraced(function* (spot: string) {
    const resumed =
      yield* sql`UPDATE spots SET paused_at = NULL, paused_by = NULL, reason = NULL, probe_at = NULL
      WHERE name = ${spot} AND paused_at IS NOT NULL RETURNING name`
    if (resumed.length > 0) {
      yield* signals.publish("due")
      yield* events.tell(() => [{ type: "spot", spot, state: "active" }])
    }
    return resumed.length > 0
  })

  const parked = Effect.map(
    sql<{
      spot: string
      live_id: string
      since: number | bigint
      until: number | bigint
    }>`SELECT spot, live_id, since, until FROM parked_lives ORDER BY spot, since, live_id`,
    (found) =>
      found.map(({ spot, live_id, since, until }): ParkedLive => ({
        spot,
        liveId: live_id,
        since: time(since),
        until: time(until)
      }))
  )

  const parkRow = Effect.fnUntraced(function* (spot: string, liveId: string) {
    const now = yield* Clock.currentTimeMillis
    const [row] = yield* sql<{ since: number | bigint }>`SELECT since FROM parked_lives
      WHERE spot = ${spot} AND live_id = ${liveId} ${lock}`
    const since = Number(row?.since ?? now)
    const wait = Math.min(wholeMillis(slowestTrial), Math.max(wholeMillis(soonestTrial), now - since))
    yield* sql`INSERT INTO parked_lives ${sql.insert([{ spot, live_id: liveId, since, until: now + wait }])}
      ON CONFLICT (spot, live_id) DO UPDATE SET until = excluded.until`
    return { spot, liveId, since: time(since), until: time(now + wait) }
  }, sql.withTransaction)

  const inStretches = (statement: Effect.Effect<ReadonlyArray<unknown>, InboxUnavailable>) =>
    Effect.repeat(Effect.tap(statement, Effect.yieldNow), { until: ({ length }) => length < stretch })

  const park = Effect.fnUntraced(function* (spot: string, liveId: string, exhausts: DateTime.Utc) {
    const live = yield* parkRow(spot, liveId)
    if (DateTime.isLessThanOrEqualTo(live.since, exhausts)) {
      const now = yield* Clock.currentTimeMillis
      yield* inStretches(
        sql<{ source: string }>`WITH old AS MATERIALIZED (SELECT id FROM invitations
            WHERE spot = ${spot} AND live_id = ${liveId} AND status = 'pending' AND asked_at < ${millis(exhausts)} ${limited(sql, stretch)})
          UPDATE invitations SET status = 'exhausted', ready = NULL, settled_at = ${now}, last_error = 'LiveNotFound'
          WHERE id IN (SELECT id FROM old) RETURNING id, source`.pipe(
          Effect.tap((ended) =>
            count(
              ended.map(({ source }) => ({ source, name: "exhausted" })),
              now
            )
          ),
          sql.withTransaction,
          Effect.tap(({ length }) => Effect.sync(() => ended(spot, "exhausted", length))),
          unavailable
        )
      )
    }
    yield* events.tell(() => [{ type: "live", spot, liveId, state: "parked" }])
    return live
  })

  const unpark = Effect.fnUntraced(function* (spot: string, liveId: string) {
    const now = yield* Clock.currentTimeMillis
    const gone =
      yield* sql`DELETE FROM parked_lives WHERE spot = ${spot} AND live_id = ${liveId} RETURNING spot`
    yield* inStretches(
      sql`WITH parked AS MATERIALIZED (SELECT id FROM invitations
          WHERE spot = ${spot} AND live_id = ${liveId} AND status = 'pending' AND ready = 0 ${limited(sql, stretch)})
        UPDATE invitations SET ready = 1, due_at = ${now} WHERE id IN (SELECT id FROM parked) RETURNING id`.pipe(
        unavailable
      )
    )
    yield* signals.publish("due")
    if (gone.length > 0) yield* events.tell(() => [{ type: "live", spot, liveId, state: "unparked" }])
    return gone.length > 0
  })

  return {
    all: unavailable(all),
    lead: (spot) => unavailable(lead(spot)),
    pause: (spot, by, reason) =>
      Effect.andThen(
        unavailable(pause(spot, by, reason)),
        events.tell(() => [{ type: "spot", spot, state: "paused" }])
      ),
    resume: (spot) => unavailable(resume(spot)),
    rest: (spot, until) =>
      ensure(spot).pipe(
        Effect.andThen(
          sql`UPDATE spots SET rests_until = ${millis(until)} WHERE name = ${spot} AND rests_until < ${millis(until)}`
        ),
        Effect.asVoid,
        unavailable
      ),
    limitBatch: (spot, members) =>
      ensure(spot).pipe(
        Effect.andThen(
          sql`UPDATE spots SET largest_batch = ${members} WHERE name = ${spot} AND COALESCE(largest_batch, 32767) > ${members}`
        ),
        Effect.asVoid,
        unavailable
      ),
    parked: unavailable(parked),
    park: (spot, liveId, exhausts) => unavailable(park(spot, liveId, exhausts)),
    unpark: (spot, liveId) => unavailable(unpark(spot, liveId)),
    usage: (spot, limits) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => unavailable(usages(spot, limits, now, 0))),
    callsSince: (spot, since) =>
      sql<{ calls: number | bigint }>`SELECT count(*) AS calls FROM spends
        WHERE spot = ${spot} AND ends_at >= ${millis(since)} AND started_at >= ${millis(since)}`.pipe(
        Effect.map(([row]) => Number(row?.calls ?? 0)),
        unavailable
      ),
    backlog: (spot) => unavailable(backlogOf(sql, spot))
  }
}
