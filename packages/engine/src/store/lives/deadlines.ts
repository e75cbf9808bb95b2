/** Moves the deadlines of invitations that expire with their Live, after its beginning was read. */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { toChange } from "../rows/locks.ts"
import { never, unread } from "../rows/store.ts"
import { retried } from "../rows/transaction.ts"

/** The most rows in one statement. */
const maxMoved = 500

/**
 * Gives the invitations of the Live that have not ended this deadline, and ends their wait for the read. Without a
 * beginning, because the read failed, those that wait for it, or will at the next claim, are sent. Returns whether any
 * changed.
 */
export const movingDeadlines = (sql: SqlClient.SqlClient) => {
  const lock = sql.literal(toChange(sql))

  const move = (spot: string, liveId: string, beginning: number | undefined, now: number) => {
    const isOther = beginning === undefined ? sql`expires_at = ${unread}` : sql`expires_at <> ${beginning}`
    const deadline = beginning ?? never
    return retried(sql`WITH moved AS MATERIALIZED (SELECT id FROM invitations
        WHERE spot = ${spot} AND live_id = ${liveId} AND state <> 'finished'
          AND expires_with_live > 0 AND (expires_with_live = 2 OR ${isOther})
        ORDER BY id LIMIT ${maxMoved} ${lock})
      UPDATE invitations SET expires_at = ${deadline}, expires_with_live = 1,
        due_at = CASE WHEN expires_with_live = 2 AND status = 'pending' THEN ${now} ELSE due_at END
      WHERE id IN (SELECT id FROM moved) RETURNING id`)
  }

  return Effect.fnUntraced(function* (
    spot: string,
    liveId: string,
    beginning: number | undefined,
    now: number
  ) {
    let total = 0
    for (let moved = maxMoved; moved === maxMoved; total += moved) {
      ;({ length: moved } = yield* move(spot, liveId, beginning, now))
    }
    return total > 0
  })
}
