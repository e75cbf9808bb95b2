/** Lists the Lives, and keeps what the upstream says of them, in the tables `lives` and `live_counts`. */
import { DateTime, Effect, Layer, Option, Stream } from "effect"
import type { LiveSummary } from "@usher/model/LiveSummary"
import type { PageOptions } from "@usher/model/Search"
import { LiveCatalog } from "../ports/LiveCatalog.ts"
import { beginningOf, cursorOf, decodeCursor, listedLives } from "./lives/listed.ts"
import { readingLives } from "./lives/reading.ts"
import { titling } from "./lives/titles.ts"
import { steps } from "./rows/keyRanges.ts"
import * as rows from "./rows/rows.ts"
import { onPostgres, type Store } from "./rows/store.ts"
import { retried, toInboxUnavailable } from "./rows/transaction.ts"
import { StoreSql } from "./StoreSql.ts"

/**
 * Keeps the Lives in the database, beside the Inbox.
 *
 * @category layers
 */
export const layer: Layer.Layer<LiveCatalog, never, StoreSql> = Layer.effect(
  LiveCatalog,
  Effect.map(StoreSql, (store) =>
    LiveCatalog.of({
      ...readingLives(store),
      ...listing(store),
      titles: titling(store),
      invitations: invitationsOf(store),
      mergeCounts: mergeCounts(store)
    })
  )
)

interface LiveRow {
  readonly spot: string
  readonly live_id: string
  readonly title: string | null
  readonly starts_at: number
  readonly ends_at: number | null
  readonly read_at: number | null
  readonly error: string | null
  readonly parked_until: number | null
}

interface CountRow {
  readonly spot: string
  readonly live_id: string
  readonly status: string
  readonly count: number
}

const listing = ({ sql }: Store): Pick<LiveCatalog["Service"], "list"> => {
  const countsOf = (lives: ReadonlyArray<LiveRow>) =>
    sql<CountRow>`SELECT spot, live_id, status, CAST(sum(count) AS BIGINT) AS count FROM live_counts
      WHERE (spot, live_id) IN (VALUES ${sql.csv(lives.map((live) => sql`(${live.spot}, ${live.live_id})`))})
      GROUP BY spot, live_id, status`

  const { hasInvitations, isBelow, newestFirst } = listedLives(sql)

  return {
    list: Effect.fnUntraced(function* ({ limit, after }: PageOptions) {
      const cursor = after === undefined ? Option.some(undefined) : decodeCursor(after)
      if (Option.isNone(cursor)) return { items: [], next: null }
      const found = yield* sql<LiveRow>`SELECT lives.*, parked_lives.until AS parked_until FROM lives
        LEFT JOIN parked_lives ON parked_lives.spot = lives.spot AND parked_lives.live_id = lives.live_id
        WHERE ${isBelow(cursor.value)} AND ${hasInvitations} ORDER BY ${newestFirst} LIMIT ${limit + 1}`
      const items = found.slice(0, limit)
      const last = items.at(-1)
      if (last === undefined) return { items: [], next: null }
      const byLive = Map.groupBy(yield* countsOf(items), keyOf)
      return {
        items: items.map((row) => summary(row, byLive.get(keyOf(row)) ?? [])),
        next: found.length > limit ? cursorOf(last) : null
      }
    }, toInboxUnavailable)
  }
}

const keyOf = ({ spot, live_id }: Pick<LiveRow, "spot" | "live_id">) => JSON.stringify([spot, live_id])

const summary = (row: LiveRow, counts: ReadonlyArray<CountRow>): LiveSummary => {
  const sum = (...statuses: ReadonlyArray<string>) =>
    counts.reduce((sum, { status, count }) => (statuses.includes(status) ? sum + count : sum), 0)
  return {
    spot: row.spot,
    liveId: row.live_id,
    title: row.title,
    startsAt: beginningOf(row),
    endsAt: timeOf(row.ends_at),
    readAt: timeOf(row.read_at),
    readError: row.error,
    requested: counts.reduce((sum, { count }) => sum + count, 0),
    sent: sum("invited", "already_invited"),
    waiting: sum("waiting"),
    failed: sum("rejected", "exhausted", "corrupt"),
    expired: sum("expired"),
    cancelled: sum("cancelled"),
    parkedUntil: timeOf(row.parked_until)
  }
}

const timeOf = (millis: number | null) => (millis === null ? null : DateTime.makeUnsafe(millis))

/** Invitations in one batch. */
const batchSize = 500

/** In the order of the people's hashes, by the index that makes them unique. */
const invitationsOf = ({ sql }: Store): LiveCatalog["Service"]["invitations"] => {
  const columns = sql.literal(rows.storedInvitation.columns)
  const batch = Effect.fnUntraced(function* (spot: string, liveId: string, after: string) {
    const found = yield* sql<{ id: string; person: string }>`SELECT ${columns}, person FROM invitations
      WHERE spot = ${spot} AND live_id = ${liveId} AND person > ${after} ORDER BY person LIMIT ${batchSize}`
    const last = found.at(-1)
    if (last === undefined) return undefined
    return [yield* rows.readable(found.map(rows.storedInvitation.read), "invitations"), last.person] as const
  }, toInboxUnavailable)
  return (liveId, given) =>
    sql<{ spot: string }>`SELECT spot FROM lives WHERE live_id = ${liveId} ORDER BY spot`.pipe(
      toInboxUnavailable,
      Effect.map((lives) => lives.filter(({ spot }) => given === undefined || spot === given)),
      Stream.fromIterableEffect,
      Stream.flatMap(({ spot }) => steps("", (after: string) => batch(spot, liveId, after)))
    )
}

/** The most rows in one step. */
const maxMerged = 1_000

/** Rows that their connection is writing are left for later. SQLite has one writer, and nothing to merge. */
const mergeCounts = ({ sql }: Store) =>
  sql
    .onDialectOrElse({
      pg: () =>
        sql`WITH taken AS (DELETE FROM live_counts WHERE (spot, live_id, status, writer) IN
          (SELECT spot, live_id, status, writer FROM live_counts WHERE writer <> 0
            ORDER BY spot, live_id, status, writer LIMIT ${maxMerged} ${onPostgres(sql, "FOR UPDATE SKIP LOCKED")})
          RETURNING spot, live_id, status, count)
        INSERT INTO live_counts (spot, live_id, status, writer, count)
          SELECT spot, live_id, status, 0, sum(count) FROM taken GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (spot, live_id, status, writer) DO UPDATE SET count = live_counts.count + excluded.count
        RETURNING spot`.pipe(retried, Effect.asVoid),
      orElse: () => Effect.void
    })
    .pipe(toInboxUnavailable)
