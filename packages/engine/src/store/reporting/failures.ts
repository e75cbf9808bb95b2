/** Counts what failed and waits for an operator, by source or Spot. */
import { DateTime, Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { maxCounted } from "@usher/model/Backlog"
import type { InboxUnavailable } from "../../ports/Inbox.ts"
import { limited } from "../rows/store.ts"
import { toInboxUnavailable } from "../rows/transaction.ts"
import { timeOfUlid } from "../rows/ulidTime.ts"

/**
 * What failed of one source or Spot.
 *
 * @category models
 */
export interface Failed {
  /** The name of the source or Spot. */
  readonly name: string
  /** How many. */
  readonly count: number
  /** Whether there may be more, because the count of all sources or Spots together reached its cap. */
  readonly isMore: boolean
  /** When the oldest of them was received or, for invitations, ended. */
  readonly since: DateTime.Utc | null
}

/**
 * What failed and waits for an operator.
 *
 * @category models
 */
export interface Failures {
  /** Rejected and exhausted invitations, by Spot. */
  readonly deadLetters: ReadonlyArray<Failed>
  /** Webhooks whose mapping failed, by source. */
  readonly failedMappings: ReadonlyArray<Failed>
  /** Refused deliveries in quarantine, by source. */
  readonly quarantined: ReadonlyArray<Failed>
}

interface Row {
  readonly name: string
  readonly count: number
  readonly oldest: string
}

/** Ids are a prefix and a ULID. */
const receivedAt = (id: string) => {
  const time = timeOfUlid(id.slice(id.indexOf("_") + 1))
  return time === undefined ? null : DateTime.makeUnsafe(time)
}

/** Sources of unmapped webhooks are not in an index, so that each costs a look at its row. */
const maxUnmapped = 2_000

export const failing = (sql: SqlClient.SqlClient): Effect.Effect<Failures, InboxUnavailable> => {
  const grouped = (column: string, from: string, where: string, limit: number) =>
    Effect.map(
      sql<Row>`SELECT name, count(*) AS count, min(id) AS oldest FROM
        (SELECT ${sql.literal(column)} AS name, id FROM ${sql.literal(from)} WHERE ${sql.literal(where)}
          ORDER BY id ${limited(sql, limit)}) AS failed
        GROUP BY name ORDER BY name`,
      (found) => {
        const isMore = found.reduce((sum, { count }) => sum + count, 0) >= limit
        return found.map(({ oldest, ...row }) => ({ ...row, isMore, oldest, since: receivedAt(oldest) }))
      }
    )

  const settledAt = (id: string) =>
    Effect.map(
      sql<{ at: number | null }>`SELECT settled_at AS at FROM invitations WHERE id = ${id}`,
      ([row]) => (row?.at == null ? null : DateTime.makeUnsafe(row.at))
    )

  const dead = grouped("spot", "invitations", "status IN ('rejected', 'exhausted')", maxCounted).pipe(
    Effect.flatMap(
      Effect.forEach((group) => Effect.map(settledAt(group.oldest), (since) => ({ ...group, since })))
    )
  )

  return Effect.all({
    deadLetters: dead,
    failedMappings: grouped("source", "webhooks", "status = 'unmappable'", maxUnmapped),
    quarantined: grouped("source", "quarantined", "1 = 1", maxCounted)
  }).pipe(toInboxUnavailable)
}
