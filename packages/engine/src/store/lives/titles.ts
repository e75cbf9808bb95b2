/** The titles of Lives: of some Lives, and those with a text. */
import { Effect, Option } from "effect"
import type { SqlError } from "effect/sql"
import type { Identity } from "@usher/model/LiveSummary"
import type { LiveCatalog, TitleOf } from "../../ports/LiveCatalog.ts"
import type { FoundLive } from "../../ports/Lookup.ts"
import { limited, type Store } from "../rows/store.ts"
import { toInboxUnavailable } from "../rows/transaction.ts"
import { beginningOf, cursorOf, decodeCursor, listedLives, type LiveKey } from "./listed.ts"

const keyOf = ({ spot, liveId }: Identity) => JSON.stringify([spot, liveId])

export const titling = ({ sql }: Store): LiveCatalog["Service"]["titles"] =>
  Effect.fnUntraced(function* (lives: ReadonlyArray<Identity>): Effect.fn.Return<TitleOf, SqlError.SqlError> {
    if (lives.length === 0) return () => null
    const each = new Map(lives.map((live) => [keyOf(live), live]))
    const found = yield* sql<
      Identity & { readonly title: string }
    >`SELECT spot, live_id AS "liveId", title FROM lives
      WHERE title IS NOT NULL
        AND (spot, live_id) IN (VALUES ${sql.csv([...each.values()].map(({ spot, liveId }) => sql`(${spot}, ${liveId})`))})`
    const titles = new Map(found.map((live) => [keyOf(live), live.title]))
    return (live) => titles.get(keyOf(live)) ?? null
  }, toInboxUnavailable)

/** Lives in a batch. */
const batchSize = 1_000

interface LiveRow extends LiveKey {
  readonly title: string | null
  /** 1 if it has invitations, else 0. */
  readonly listed: number
}

/** In any case, and in any Unicode form. */
const folded = (text: string) => text.normalize("NFKC").toLowerCase()

/**
 * Reads a batch of Lives. Returns those with this text in the title, or with this id, and the cursor of the next batch.
 * Titles are compared here, because SQLite knows the case of ASCII letters only.
 */
export const findingLives = ({ sql }: Store) => {
  const { hasInvitations, isBelow, newestFirst } = listedLives(sql)
  return Effect.fnUntraced(function* (text: string, below: string, limit: number) {
    const cursor = Option.getOrUndefined(decodeCursor(below))
    const batch = yield* sql<LiveRow>`SELECT spot, live_id, starts_at, title,
        CASE WHEN ${hasInvitations} THEN 1 ELSE 0 END AS listed
      FROM lives WHERE ${isBelow(cursor)} ORDER BY ${newestFirst} ${limited(sql, batchSize)}`
    const wanted = folded(text)
    const found = batch.filter(
      ({ listed, live_id, title }) =>
        listed === 1 && (live_id === text || (title !== null && folded(title).includes(wanted)))
    )
    const rows = found.slice(0, limit)
    const last = found.length > limit ? rows.at(-1) : batch.length < batchSize ? undefined : batch.at(-1)
    return {
      lives: rows.map((row): FoundLive => ({
        spot: row.spot,
        liveId: row.live_id,
        title: row.title,
        startsAt: beginningOf(row)
      })),
      next: last === undefined ? undefined : cursorOf(last)
    }
  })
}
