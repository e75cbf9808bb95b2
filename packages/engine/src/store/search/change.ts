/** One step of work on a selection. */
import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { toInboxUnavailable, transaction } from "../rows/transaction.ts"

/** What a step changed within a transaction. */
export interface Change {
  /** The number of changed items. */
  readonly count: number
  /** Tells others about the change, after the commit. */
  readonly announce: Effect.Effect<void>
}

export const none: Change = { count: 0, announce: Effect.void }

/** Runs a step in a transaction of its own, announces it, and returns the number of changed items. */
export const committed = (sql: SqlClient.SqlClient) => (step: Effect.Effect<Change, SqlError.SqlError>) =>
  step.pipe(
    transaction(sql),
    Effect.tap(({ announce }) => announce),
    Effect.map(({ count }) => count),
    toInboxUnavailable
  )
