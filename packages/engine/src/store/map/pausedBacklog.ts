/**
 * Holds the webhooks of paused sources. Each webhook gets the status `held` once, so that the mapper does not read it
 * again and again. The row of the pause is locked meanwhile, or a source that has just resumed could still hold
 * webhooks.
 */
import { Clock, Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { locking } from "../rows/locks.ts"
import { onPostgres, skipLocked } from "../rows/store.ts"
import { transaction } from "../rows/transaction.ts"

/** Webhooks per step. */
const size = 1_000

/** Holds the pending webhooks of a paused source. Does nothing if the source is not paused. */
export const holdBacklog = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, source: string) {
  const lock = onPostgres(sql, "FOR SHARE")
  const step = Effect.gen(function* () {
    const paused = yield* sql`SELECT source FROM paused_sources
      WHERE source = ${source} AND resuming = 0 ${lock}`
    if (paused.length === 0) return 0
    const held = yield* sql`WITH chosen AS MATERIALIZED
        (SELECT id FROM webhooks WHERE status = 'received' AND source = ${source} ORDER BY lane, id LIMIT ${size}),
      locked AS MATERIALIZED (SELECT id FROM webhooks
        WHERE status = 'received' AND id IN (SELECT id FROM chosen) ORDER BY id ${locking(sql).toChange})
      UPDATE webhooks SET status = 'held' WHERE id IN (SELECT id FROM locked) RETURNING id`
    return held.length
  }).pipe(transaction(sql))
  while ((yield* step) === size) yield* Effect.yieldNow
})

/** Releases a batch of webhooks of a resumed source. The last batch deletes the pause. */
const releaseBacklog = (sql: SqlClient.SqlClient, source: string) => {
  // Only one relay at a time.
  const lock = skipLocked(sql, "paused_sources")
  return Effect.gen(function* () {
    const resuming = yield* sql`SELECT source FROM paused_sources
      WHERE source = ${source} AND resuming = 1 ${lock}`
    if (resuming.length === 0) return
    const now = yield* Clock.currentTimeMillis
    const free = yield* sql`WITH locked AS MATERIALIZED (SELECT id FROM webhooks
        WHERE status = 'held' AND source = ${source} ORDER BY id LIMIT ${size} ${locking(sql).toChange})
      UPDATE webhooks SET status = 'received', queued_at = ${now} WHERE id IN (SELECT id FROM locked) RETURNING id`
    if (free.length < size) yield* sql`DELETE FROM paused_sources WHERE source = ${source}`
  }).pipe(transaction(sql))
}

/**
 * Holds the backlog of paused sources and releases that of resumed ones, before the mapper looks for work. Returns
 * whether there are such sources.
 */
export const updatePausedBacklog = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const pauses = yield* sql<{
    source: string
    resuming: number
  }>`SELECT source, resuming FROM paused_sources`
  for (const { source, resuming } of pauses) {
    yield* resuming === 1 ? releaseBacklog(sql, source) : holdBacklog(sql, source)
  }
  return pauses.length > 0
})
