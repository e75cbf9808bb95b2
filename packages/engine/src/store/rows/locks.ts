/**
 * The order in which every transaction locks rows, so that two of them never wait for each other in a ring:
 *
 * 1. by table: `jobs`, `spots`, `paused_sources`, `webhooks`, `people`, `invitations`, `live_counts`,
 *    `lives`, `attempts`, `parked_lives`, `reservations`, `quarantined`, `counts`;
 * 2. within a table by id, and by the whole key where the key has several columns.
 *
 * A statement that changes several rows locks them first, by `SELECT … ORDER BY id` with one of the clauses below: an
 * `UPDATE`, a `DELETE`, and a `SELECT` without an order lock in the order of their plan, whatever order their lists have.
 * (The rows of `reservations` each belong to one call, and nobody else waits for them.)
 *
 * A transaction that passes over locked rows (`SKIP LOCKED`) waits for none of them and may take them in any order. Rows
 * that nobody else sees yet count as locked: people, then invitations, are inserted in the order of their keys. SQLite has
 * one writer at a time and needs no locks: there the clauses are empty.
 */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { onPostgres } from "./store.ts"

/** Ids in one statement, at most. */
const maxIds = 500

/** Of rows that will be changed: others may refer to them meanwhile. */
export const toChange = (sql: SqlClient.SqlClient) =>
  sql.onDialectOrElse({ pg: () => "FOR NO KEY UPDATE", orElse: () => "" })

export const locking = (sql: SqlClient.SqlClient) => {
  const change = sql.literal(toChange(sql))
  /** Of rows that will be deleted: nobody can refer to them from now on. */
  const toDelete = onPostgres(sql, "FOR UPDATE")

  const locks = (mode: typeof change) =>
    sql.onDialectOrElse({
      pg: () =>
        Effect.fnUntraced(function* (
          table: "webhooks" | "people" | "invitations" | "attempts",
          ids: Iterable<string>
        ) {
          const sorted = inOrder(ids)
          for (let at = 0; at < sorted.length; at += maxIds) {
            yield* sql`SELECT id FROM ${sql(table)} WHERE ${sql.in("id", sorted.slice(at, at + maxIds))} ORDER BY id ${mode}`
          }
        }),
      orElse: () => () => Effect.void
    })

  return {
    toChange: change,
    toDelete,
    /** Locks rows by their ids, for a change. */
    lock: locks(change),
    /** Locks rows by their ids, to delete them. */
    lockToDelete: locks(toDelete)
  }
}

/** Each id once, in the order of the locks. */
export const inOrder = (ids: Iterable<string>): ReadonlyArray<string> =>
  [...new Set(ids)].toSorted((a, b) => (a < b ? -1 : 1))
