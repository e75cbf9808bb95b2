/** The order in which Lives are listed and searched: first those whose beginning is unknown, then the latest beginning first. */
import { DateTime, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { Cursor } from "@usher/model/LiveSummary"
import { never } from "../rows/store.ts"

/** The columns that the order needs. */
export interface LiveKey {
  readonly spot: string
  readonly live_id: string
  readonly starts_at: number
}

export const decodeCursor = Schema.decodeOption(Cursor)

const encodeCursor = Schema.encodeSync(Cursor)

export const cursorOf = ({ starts_at, spot, live_id }: LiveKey): string =>
  encodeCursor([starts_at, spot, live_id])

export const beginningOf = ({ starts_at }: Pick<LiveKey, "starts_at">): DateTime.Utc | null =>
  starts_at === never ? null : DateTime.makeUnsafe(starts_at)

/** Conditions on the table `lives`, and its order. */
export const listedLives = (sql: SqlClient.SqlClient) => ({
  /** Whether any of its invitations is still stored. */
  hasInvitations: sql`(SELECT sum(count) FROM live_counts
    WHERE live_counts.spot = lives.spot AND live_counts.live_id = lives.live_id) > 0`,

  isBelow: (cursor: typeof Cursor.Type | undefined) =>
    cursor === undefined
      ? sql.literal("1 = 1")
      : sql`(lives.starts_at, lives.spot, lives.live_id) < (${sql.csv(cursor.map((value) => sql`${value}`))})`,

  newestFirst: sql.literal("lives.starts_at DESC, lives.spot DESC, lives.live_id DESC")
})
