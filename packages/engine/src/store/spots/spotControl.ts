/** Stores what holds up a Spot or one of its Lives, in the tables `spots`, `parked_lives` and `spends`. */
import { Clock, DateTime, Duration, Effect, Schema } from "effect"
import type { ParkedLive, SpotState } from "@usher/model/Spot"
import type * as Budget from "../../ports/Budget.ts"
import type { InboxUnavailable } from "../../ports/Inbox.ts"
import type { SpotControl } from "../../ports/SpotControl.ts"
import { slowestTrial } from "../claim/retiming.ts"
import { spending } from "../claim/spends.ts"
import { counting } from "../rows/counting.ts"
import { locking } from "../rows/locks.ts"
import { ensureSpot, limited, millis, onPostgres, type Store, wholeMillis } from "../rows/store.ts"
import { timing } from "../rows/timeline.ts"
import { retried, transaction, unavailable } from "../rows/transaction.ts"
import { cooling } from "./cooldowns.ts"
import { SpotRow } from "./spotRow.ts"

/** The shortest time until a parked Live is probed. Later it doubles: a Live waits as long again as it has been parked. */
const soonestTrial = Duration.minutes(1)

const stretch = 500

const decodeStates = Schema.decodeUnknownEffect(Schema.Array(SpotRow))

export const spotControlSql = (store: Store): SpotControl["Service"] => {
  const { sql, signals, events, ended, isDatabaseClock } = store
  const count = counting(sql)
  const { toChange } = locking(sql)
  const { usages } = spending(sql)
  const { at: timeOf, reference, toSystem } = timing(sql, isDatabaseClock)
  const lock = onPostgres(sql, "FOR UPDATE")

  const all = Effect.gen(function* () {
    const found = yield* sql`SELECT * FROM spots ORDER BY name`
    const now = yield* reference
    const offset = (yield* Clock.currentTimeMillis) - now
    const bySystem = (stored: number) => DateTime.makeUnsafe(stored + offset)
    return (yield* decodeStates(found)).map((row): SpotState => {
      const { paused_at, paused_by, cooldown_since, circuit_since, circuit_until } = row
      const isCooling = Math.max(row.rests_until, row.probing_until ?? 0) > now
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
                until: bySystem(row.rests_until),
                reason: row.cooldown_reason ?? ""
              }
            : null,
        circuit:
          circuit_since === null || circuit_until === null
            ? null
            : { since: bySystem(circuit_since), until: bySystem(circuit_until) },
        largestBatch: row.largest_batch
      }
    })
  })

  const parked = Effect.gen(function* () {
    const found = yield* sql<{ spot: string; liveId: string; since: number; until: number }>`SELECT
        spot, live_id AS "liveId", since, until FROM parked_lives ORDER BY spot, since, live_id`
    if (found.length === 0) return []
    const offset = (yield* Clock.currentTimeMillis) - (yield* reference)
    return found.map(({ spot, liveId, since, until }): ParkedLive => ({
      spot,
      liveId,
      since: DateTime.makeUnsafe(since + offset),
      until: DateTime.makeUnsafe(until + offset)
    }))
  })

  const parkRow = Effect.fnUntraced(function* (spot: string, liveId: string) {
    const now = yield* timeOf(spot)
    const [row] = yield* sql<{ since: number }>`SELECT since FROM parked_lives
      WHERE spot = ${spot} AND live_id = ${liveId} ${lock}`
    const since = row?.since ?? now
    const wait = Math.min(wholeMillis(slowestTrial), Math.max(wholeMillis(soonestTrial), now - since))
    yield* sql`INSERT INTO parked_lives ${sql.insert([{ spot, live_id: liveId, since, until: now + wait }])}
      ON CONFLICT (spot, live_id) DO UPDATE SET until = excluded.until`
    const offset = yield* toSystem(spot)
    return {
      spot,
      liveId,
      since: DateTime.makeUnsafe(since + offset),
      until: DateTime.makeUnsafe(now + wait + offset)
    }
  }, transaction(sql))

  const inStretches = (statement: Effect.Effect<ReadonlyArray<unknown>, InboxUnavailable>) =>
    Effect.repeat(Effect.tap(statement, Effect.yieldNow), { until: ({ length }) => length < stretch })

  return {
    ...cooling(store),
    all: unavailable(all),
    parked: unavailable(parked),

    lead: Effect.fnUntraced(
      function* (spot) {
        yield* ensureSpot(sql, spot)
        const [row] = yield* sql<{
          epoch: number
        }>`UPDATE spots SET epoch = epoch + 1 WHERE name = ${spot} RETURNING epoch`
        return Number(row?.epoch)
      },
      transaction(sql),
      unavailable
    ),

    pause: Effect.fnUntraced(
      function* (spot, by, reason) {
        const now = yield* timeOf(spot)
        const probeAt = by === "operator" ? null : now + Duration.toMillis(soonestTrial)
        yield* ensureSpot(sql, spot)
        yield* sql`UPDATE spots SET paused_at = COALESCE(paused_at, ${now}), paused_by = ${by}, reason = ${reason},
            probe_at = CASE WHEN paused_at IS NOT NULL AND ${by} = 'upstream' THEN probe_at ELSE CAST(${probeAt} AS BIGINT) END
          WHERE name = ${spot} AND (paused_by IS NULL OR paused_by = 'upstream' OR ${by} = 'operator')`
      },
      transaction(sql),
      unavailable,
      (effect, spot) =>
        Effect.andThen(
          effect,
          events.tell(() => [{ type: "spot", spot, state: "paused" }])
        )
    ),

    limitBatch: Effect.fnUntraced(function* (spot, members) {
      yield* ensureSpot(sql, spot)
      yield* sql`UPDATE spots SET largest_batch = ${members} WHERE name = ${spot} AND COALESCE(largest_batch, 32767) > ${members}`
    }, unavailable),

    growBatch: Effect.fnUntraced(function* (spot, most) {
      const [grown] = yield* sql<{
        largest_batch: number | null
      }>`UPDATE spots SET largest_batch = CASE WHEN largest_batch * 2 < ${most} THEN largest_batch * 2 END
        WHERE name = ${spot} AND largest_batch IS NOT NULL RETURNING largest_batch`
      return grown === undefined ? undefined : (grown.largest_batch ?? most)
    }, unavailable),

    park: Effect.fnUntraced(function* (spot, liveId, exhausts) {
      const live = yield* parkRow(spot, liveId)
      if (DateTime.isLessThanOrEqualTo(live.since, exhausts)) {
        const now = yield* Clock.currentTimeMillis
        yield* inStretches(
          sql<{ source: string }>`WITH chosen AS MATERIALIZED (SELECT id FROM invitations
              WHERE spot = ${spot} AND live_id = ${liveId} AND status = 'pending' AND asked_at < ${millis(exhausts)} ${limited(sql, stretch)}),
            old AS MATERIALIZED (SELECT id FROM invitations
              WHERE id IN (SELECT id FROM chosen) AND status = 'pending' ORDER BY id ${toChange})
            UPDATE invitations SET status = 'exhausted', ready = NULL, settled_at = ${now}, last_error = 'LiveNotFound'
            WHERE id IN (SELECT id FROM old) RETURNING id, source`.pipe(
            Effect.tap((exhausted) =>
              count(
                exhausted.map(({ source }) => ({ source, name: "exhausted" })),
                now
              )
            ),
            transaction(sql),
            Effect.tap(({ length }) => Effect.sync(() => ended(spot, "exhausted", length))),
            unavailable
          )
        )
      }
      yield* events.tell(() => [{ type: "live", spot, liveId, state: "parked" }])
      return live
    }, unavailable),

    unpark: Effect.fnUntraced(function* (spot, liveId) {
      const now = yield* Clock.currentTimeMillis
      const gone =
        yield* sql`DELETE FROM parked_lives WHERE spot = ${spot} AND live_id = ${liveId} RETURNING spot`
      yield* inStretches(
        sql`WITH chosen AS MATERIALIZED (SELECT id FROM invitations
            WHERE spot = ${spot} AND live_id = ${liveId} AND status = 'pending' AND ready = 0 ${limited(sql, stretch)}),
          parked AS MATERIALIZED (SELECT id FROM invitations
            WHERE id IN (SELECT id FROM chosen) AND status = 'pending' AND ready = 0 ORDER BY id ${toChange})
          UPDATE invitations SET ready = 1, due_at = ${now} WHERE id IN (SELECT id FROM parked) RETURNING id`.pipe(
          retried,
          unavailable
        )
      )
      yield* signals.publish("due")
      if (gone.length > 0) yield* events.tell(() => [{ type: "live", spot, liveId, state: "unparked" }])
      return gone.length > 0
    }, unavailable),

    usage: Effect.fnUntraced(function* (spot, limits) {
      const offset = yield* toSystem(spot)
      const found = yield* usages(spot, limits, (yield* Clock.currentTimeMillis) - offset, 0)
      const bySystem = (usage: Budget.Usage) => ({ ...usage, freesAt: usage.freesAt + offset })
      return found.map(bySystem)
    }, unavailable),

    callsSince: Effect.fnUntraced(function* (spot, since) {
      const from = millis(since) - (yield* toSystem(spot))
      const [row] = yield* sql<{ calls: number }>`SELECT count(*) AS calls FROM spends
        WHERE spot = ${spot} AND ends_at >= ${from} AND started_at >= ${from}`
      return row?.calls ?? 0
    }, unavailable)
  }
}
