/**
 * Finds the sources with unmapped webhooks. It jumps from source to source in the index, so the cost does not depend on
 * the number of webhooks.
 */
import { DateTime } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { laneNumbers } from "../rows/rows.ts"
import { webhook } from "../rows/webhookRow.ts"
import { limited } from "../rows/store.ts"

export interface Queue {
  readonly lane: number
  readonly source: string
}

const numbers = Object.values(laneNumbers)

const sourcesOf = (lane: number) => `sources_${lane}(source) AS (
  SELECT min(source) FROM webhooks WHERE status = 'received' AND lane = ${lane}
  UNION ALL SELECT (SELECT min(source) FROM webhooks
    WHERE status = 'received' AND lane = ${lane} AND source > sources_${lane}.source)
  FROM sources_${lane} WHERE sources_${lane}.source IS NOT NULL)`

const sources = `WITH RECURSIVE ${numbers.map(sourcesOf).join(", ")}`

const each = (select: (lane: number) => string) =>
  numbers.map((lane) => `${select(lane)} FROM sources_${lane} WHERE source IS NOT NULL`).join(" UNION ALL ")

/** Each lane and source with unmapped webhooks. */
export const queues = (sql: SqlClient.SqlClient): Statement.Statement<Queue> =>
  sql<Queue>`${sql.literal(`${sources} ${each((lane) => `SELECT ${lane} AS lane, source`)}`)}`

const sole = `${sources}, queues AS MATERIALIZED (${each((lane) => `SELECT ${lane} AS lane, source`)})
  SELECT ${webhook.columns} FROM webhooks WHERE status = 'received' AND lane = (SELECT lane FROM queues) AND source = (SELECT source FROM queues)
    AND (SELECT count(*) FROM queues) = 1 AND NOT EXISTS (SELECT 1 FROM paused_sources) ORDER BY id`

/** The webhooks of the only queue; none if there are several, or if a source is paused. */
export const soleQueue = (sql: SqlClient.SqlClient, limit: number) =>
  sql<{ id: string; source: string }>`${sql.literal(sole)} ${limited(sql, limit)}`

const head = (lane: number) => `SELECT (SELECT COALESCE(queued_at, released_at, received_at) FROM webhooks
  WHERE status = 'received' AND lane = ${lane} AND source = sources_${lane}.source ORDER BY id LIMIT 1) AS since`

interface Oldest {
  readonly oldest: number | null
}

/** Since when the oldest unmapped webhook waits. Within a lane and source, ids sort by time. */
export const oldest = (sql: SqlClient.SqlClient): Statement.Statement<Oldest> =>
  sql<Oldest>`${sql.literal(`${sources} SELECT min(since) AS oldest FROM (${each(head)}) AS heads`)}`

export const timeOf = (found: Oldest | undefined): DateTime.Utc | null =>
  found?.oldest == null ? null : DateTime.makeUnsafe(found.oldest)
