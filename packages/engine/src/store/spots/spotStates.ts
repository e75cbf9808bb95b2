/** Stores what holds up a Spot or one of its Lives, in the tables `spots`, `parked_lives` and `reservations`. */
import { Clock, DateTime, Duration, Effect, Schema } from "effect"
import type { ParkedLive, SpotState } from "@usher/model/Spot"
import type * as Budget from "../../ports/Budget.ts"
import type { InboxUnavailable } from "../../ports/Inbox.ts"
import type { SpotControl } from "../../ports/SpotControl.ts"
import { maxLiveProbeInterval } from "../claim/retiming.ts"
import { reservations } from "../claim/reservations.ts"
import { counting } from "../rows/counting.ts"
import { locking } from "../rows/locks.ts"
import { ensureSpot, limited, millis, onPostgres, type Store, wholeMillis } from "../rows/store.ts"
import { timing } from "../rows/timeline.ts"
import { retried, transaction, toInboxUnavailable } from "../rows/transaction.ts"
import { cooling } from "./cooldowns.ts"
import { SpotRow } from "./spotRow.ts"

/** The shortest time until a parked Live is probed. Later it doubles: a Live waits as long again as it has been parked. */
const minLiveProbeInterval = Duration.minutes(1)

const batchSize = 500

const decodeStates = Schema.decodeUnknownEffect(Schema.Array(SpotRow))

export const spotControlSql = (store: Store): SpotControl["Service"] => {
  const { sql, signals, events, countTerminal, isDatabaseClock } = store
  const count = counting(sql)
  const { toChange } = locking(sql)
  const { usages } = reservations(sql)
  const { at: timeOf, of: timesOf, reference } = timing(sql, isDatabaseClock)
  const lock = onPostgres(sql, "FOR UPDATE")

  const all = Effect.gen(function* () {
    const found = yield* sql`SELECT * FROM spots ORDER BY name`
    const { now, offset } = yield* reference
    const bySystem = (stored: number) => DateTime.makeUnsafe(stored + offset)
    return (yield* decodeStates(found)).map((row): SpotState => {
      const { paused_at, paused_by, cooldown_since, circuit_since, circuit_until } = row
      const isCooling = Math.max(row.cooldown_until, row.probing_until ?? 0) > now
      return {
        spot: row.name,
        paused:
          paused_at === null || paused_by === null
            ? null
            : { since: bySystem(paused_at), by: paused_by, reason: row.reason ?? "" },
        cooldown:
          isCooling && cooldown_since !== null
            ? {
                since: bySystem(cooldown_since),
                until: bySystem(row.cooldown_until),
                reason: row.cooldown_reason ?? ""
              }
            : null,
        circuit:
          circuit_since === null || circuit_until === null
            ? null
            : { since: bySystem(circuit_since), until: bySystem(circuit_until) },
        largestBatch: row.max_batch_size
      }
    })
  })

  const parked = Effect.gen(function* () {
    const found = yield* sql<
      Pick<ParkedLive, "spot" | "liveId" | "title"> & { since: number; until: number }
    >`SELECT
        parked.spot, parked.live_id AS "liveId", lives.title, parked.since, parked.until FROM parked_lives parked
      LEFT JOIN lives ON lives.spot = parked.spot AND lives.live_id = parked.live_id
      ORDER BY parked.spot, parked.since, parked.live_id`
    if (found.length === 0) return []
    const { offset } = yield* reference
    return found.map(({ spot, liveId, title, since, until }): ParkedLive => ({
      spot,
      liveId,
      title,
      since: DateTime.makeUnsafe(since + offset),
      until: DateTime.makeUnsafe(until + offset)
    }))
  })

  const parkRow = Effect.fnUntraced(function* (spot: string, liveId: string) {
    const now = yield* timeOf(spot)
    const [row] = yield* sql<{ since: number }>`SELECT since FROM parked_lives
      WHERE spot = ${spot} AND live_id = ${liveId} ${lock}`
    const since = row?.since ?? now
    const wait = Math.min(
      wholeMillis(maxLiveProbeInterval),
      Math.max(wholeMillis(minLiveProbeInterval), now - since)
    )
    yield* sql`INSERT INTO parked_lives ${sql.insert([{ spot, live_id: liveId, since, until: now + wait }])}
      ON CONFLICT (spot, live_id) DO UPDATE SET until = excluded.until`
    const { offset } = yield* timesOf(spot)
    return {
      spot,
      liveId,
      since: DateTime.makeUnsafe(since + offset),
      until: DateTime.makeUnsafe(now + wait + offset)
    }
  }, transaction(sql))

  const inStretches = (statement: Effect.Effect<ReadonlyArray<unknown>, InboxUnavailable>) =>
    Effect.repeat(Effect.tap(statement, Effect.yieldNow), { until: ({ length }) => length < batchSize })

  return {
    ...cooling(store),
    all: toInboxUnavailable(all),
    parked: toInboxUnavailable(parked),

    acquireLeadership: Effect.fnUntraced(
      function* (spot) {
        yield* ensureSpot(sql, spot)
        const [row] = yield* sql<{
          term: number
        }>`UPDATE spots SET term = term + 1 WHERE name = ${spot} RETURNING term`
        return Number(row?.term)
      },
      transaction(sql),
      toInboxUnavailable
    ),

    pause: Effect.fnUntraced(
      function* (spot, by, reason) {
        const now = yield* timeOf(spot)
        const probeAt = by === "operator" ? null : now + Duration.toMillis(minLiveProbeInterval)
        yield* ensureSpot(sql, spot)
        yield* sql`UPDATE spots SET paused_at = COALESCE(paused_at, ${now}), paused_by = ${by}, reason = ${reason},
            probe_at = CASE WHEN paused_at IS NOT NULL AND ${by} = 'upstream' THEN probe_at ELSE CAST(${probeAt} AS BIGINT) END
          WHERE name = ${spot} AND (paused_by IS NULL OR paused_by = 'upstream' OR ${by} = 'operator')`
      },
      transaction(sql),
      toInboxUnavailable,
      (effect, spot) =>
        Effect.andThen(
          effect,
          events.emit(() => [{ type: "spot", spot, state: "paused" }])
        )
    ),

    limitBatch: Effect.fnUntraced(function* (spot, members) {
      yield* ensureSpot(sql, spot)
      yield* sql`UPDATE spots SET max_batch_size = ${members} WHERE name = ${spot} AND COALESCE(max_batch_size, 32767) > ${members}`
    }, toInboxUnavailable),

    growBatch: Effect.fnUntraced(function* (spot, most) {
      const [grown] = yield* sql<{
        max_batch_size: number | null
      }>`UPDATE spots SET max_batch_size = CASE WHEN max_batch_size * 2 < ${most} THEN max_batch_size * 2 END
        WHERE name = ${spot} AND max_batch_size IS NOT NULL RETURNING max_batch_size`
      return grown === undefined ? undefined : (grown.max_batch_size ?? most)
    }, toInboxUnavailable),

    park: Effect.fnUntraced(function* (spot, liveId, exhausts) {
      const live = yield* parkRow(spot, liveId)
      if (DateTime.isLessThanOrEqualTo(live.since, exhausts)) {
        const now = yield* Clock.currentTimeMillis
        yield* inStretches(
          sql<{ source: string }>`WITH chosen AS MATERIALIZED (SELECT id FROM invitations
              WHERE spot = ${spot} AND live_id = ${liveId} AND status = 'pending' AND requested_at < ${millis(exhausts)} ${limited(sql, batchSize)}),
            old AS MATERIALIZED (SELECT id FROM invitations
              WHERE id IN (SELECT id FROM chosen) AND status = 'pending' ORDER BY id ${toChange})
            UPDATE invitations SET status = 'exhausted', state = 'finished', settled_at = ${now}, last_error = 'LiveNotFound'
            WHERE id IN (SELECT id FROM old) RETURNING id, source`.pipe(
            Effect.tap((exhausted) =>
              count(
                exhausted.map(({ source }) => ({ source, name: "exhausted" })),
                now
              )
            ),
            transaction(sql),
            Effect.tap(({ length }) => Effect.sync(() => countTerminal(spot, "exhausted", length))),
            toInboxUnavailable
          )
        )
      }
      yield* events.emit(() => [{ type: "live", spot, liveId, state: "parked" }])
      return live
    }, toInboxUnavailable),

    unpark: Effect.fnUntraced(function* (spot, liveId) {
      const now = yield* Clock.currentTimeMillis
      const gone =
        yield* sql`DELETE FROM parked_lives WHERE spot = ${spot} AND live_id = ${liveId} RETURNING spot`
      yield* inStretches(
        sql`WITH chosen AS MATERIALIZED (SELECT id FROM invitations
            WHERE spot = ${spot} AND live_id = ${liveId} AND status = 'pending' AND state = 'scheduled' AND expires_with_live <> 2
            ${limited(sql, batchSize)}),
          parked AS MATERIALIZED (SELECT id FROM invitations
            WHERE id IN (SELECT id FROM chosen) AND status = 'pending' AND state = 'scheduled' AND expires_with_live <> 2 ORDER BY id ${toChange})
          UPDATE invitations SET state = 'available', due_at = ${now} WHERE id IN (SELECT id FROM parked) RETURNING id`.pipe(
          retried,
          toInboxUnavailable
        )
      )
      yield* signals.publish("due")
      if (gone.length > 0) yield* events.emit(() => [{ type: "live", spot, liveId, state: "unparked" }])
      return gone.length > 0
    }, toInboxUnavailable),

    usage: Effect.fnUntraced(function* (spot, limits) {
      const { now, offset } = yield* timesOf(spot)
      const found = yield* usages(spot, limits, now, 0)
      const bySystem = (usage: Budget.Usage) => ({ ...usage, freesAt: usage.freesAt + offset })
      return found.map(bySystem)
    }, toInboxUnavailable),

    callsSince: Effect.fnUntraced(function* (spot, since) {
      const from = millis(since) - (yield* timesOf(spot)).offset
      const [row] = yield* sql<{ calls: number }>`SELECT count(*) AS calls FROM reservations
        WHERE spot = ${spot} AND ends_at >= ${from} AND started_at >= ${from}`
      return row?.calls ?? 0
    }, toInboxUnavailable)
  }
}
