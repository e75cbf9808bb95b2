/**
 * Schedules the slots of a lane fairly, so that a big Live or source can't starve a small one. Every other slot goes
 * to the earliest deadline. The slots in between go round-robin over the sources, and within a source over its batches.
 * The state of the rounds is in memory only; another process starts anywhere.
 */
import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { never } from "../rows/store.ts"

/** The batch that goes next. */
export interface Slot {
  readonly lane: number
  /** Null for a slot of the earliest deadline, which ignores sources. */
  readonly source: string | null
  readonly batch: string
  readonly liveId: string
  /** The most members in one call of it. */
  readonly maxBatchSize: number | null
  /** Until when its Live is parked, or was parked before its probe. */
  readonly parkedUntil: number | null
}

interface Row {
  readonly batch_key: string
  readonly live_id: string
  readonly max_batch_size: number | null
  readonly until: number | null
}

interface Lone extends Row {
  readonly source: string
  readonly expires_at: number
}

interface Round {
  isDeadlineNext: boolean
  source: string
  readonly batches: Map<string, string>
}

export const fairScheduling = (sql: SqlClient.SqlClient) => {
  const rounds = new Map<string, Round>()

  const parked = sql.literal(
    "LEFT JOIN parked_lives ON parked_lives.spot = invitations.spot AND parked_lives.live_id = invitations.live_id"
  )

  const nearestDeadline = (spot: string, lane: number) =>
    sql<Row>`SELECT batch_key, invitations.live_id, max_batch_size, until FROM invitations ${parked}
      WHERE invitations.spot = ${spot} AND state = 'available' AND lane = ${lane} AND expires_at < 9007199254740991
      ORDER BY lane, expires_at, due_at, id LIMIT 1`

  const nextSource = (spot: string, lane: number, after: string) => {
    const first = sql`SELECT source FROM invitations WHERE spot = ${spot} AND state = 'available' AND lane = ${lane}`
    return sql<{ source: string | null }>`SELECT COALESCE(
      (${first} AND source > ${after} ORDER BY source LIMIT 1), (${first} ORDER BY source LIMIT 1)) AS source`
  }

  const nextBatch = (spot: string, lane: number, source: string, after: string) => {
    const first = sql`SELECT batch_key FROM invitations WHERE spot = ${spot} AND state = 'available' AND lane = ${lane} AND source = ${source}`
    return sql<Row>`SELECT batch_key, invitations.live_id, max_batch_size, until FROM invitations ${parked}
      WHERE invitations.spot = ${spot} AND state = 'available' AND lane = ${lane} AND source = ${source} AND batch_key = COALESCE(
        (${first} AND batch_key > ${after} ORDER BY batch_key LIMIT 1), (${first} ORDER BY batch_key LIMIT 1)) ORDER BY due_at, id LIMIT 1`
  }

  /** The only due invitation of a lane, which takes any slot. */
  const lone = (spot: string, lane: number) =>
    sql<Lone>`SELECT source, expires_at, batch_key, invitations.live_id, max_batch_size, until FROM invitations ${parked}
      WHERE invitations.spot = ${spot} AND state = 'available' AND lane = ${lane} ORDER BY source, batch_key, due_at, id LIMIT 1`

  return Effect.fnUntraced(function* (
    spot: string,
    lane: number,
    isLone: boolean
  ): Effect.fn.Return<Slot | undefined, SqlError.SqlError> {
    const key = `${lane} ${spot}`
    const round = rounds.get(key) ?? { isDeadlineNext: true, source: "", batches: new Map() }
    rounds.set(key, round)
    const slotOf = (row: Row, source: string | null): Slot => ({
      lane,
      source,
      batch: row.batch_key,
      liveId: row.live_id,
      maxBatchSize: row.max_batch_size,
      parkedUntil: row.until === null ? null : row.until
    })
    const ofSource = (row: Row, source: string) => {
      round.source = source
      round.batches.set(source, row.batch_key)
      round.isDeadlineNext = true
      return slotOf(row, source)
    }
    if (isLone) {
      const [row] = yield* lone(spot, lane)
      if (row === undefined) return
      const isUrgent = round.isDeadlineNext && row.expires_at < never
      round.isDeadlineNext = false
      return isUrgent ? slotOf(row, null) : ofSource(row, row.source)
    }
    if (round.isDeadlineNext) {
      const [urgent] = yield* nearestDeadline(spot, lane)
      round.isDeadlineNext = false
      if (urgent !== undefined) return slotOf(urgent, null)
    }
    const [next] = yield* nextSource(spot, lane, round.source)
    const source = next?.source ?? undefined
    if (source === undefined) return
    const [row] = yield* nextBatch(spot, lane, source, round.batches.get(source) ?? "")
    return row === undefined ? undefined : ofSource(row, source)
  })
}
