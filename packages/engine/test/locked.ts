/** What waits, or must not wait, for a row that somebody else is changing. */
import { Deferred, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { eventually } from "./fixtures.ts"

/** Runs the effect while another transaction has locked the row. SQLite has no locks of rows. */
export const whileLocked = <A, E, R>(
  table: "invitations" | "webhooks",
  id: string,
  effect: Effect.Effect<A, E, R>
) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => {
    const lock = sql`SELECT id FROM ${sql(table)} WHERE id = ${id} FOR NO KEY UPDATE`
    return sql.onDialectOrElse({
      pg: () => sql.withTransaction(Effect.andThen(lock, effect)),
      orElse: () => effect
    })
  })

/** Runs the effect until it waits for the rows that `lock` locks on Postgres; then `change` runs, and the effect goes on. */
export const changedMeanwhile = <A, E, R, E1, R1, E2, R2>(
  lock: Effect.Effect<unknown, E1, R1>,
  effect: Effect.Effect<A, E, R>,
  change: Effect.Effect<unknown, E2, R2>
) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const locked = yield* Deferred.make<void>()
    const waiting = sql`SELECT pid FROM pg_locks
      WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))`
    const holding = Effect.gen(function* () {
      yield* lock
      yield* Deferred.succeed(locked, undefined)
      yield* eventually(waiting, (found) => found.length > 0)
      yield* change
    })
    const [result] = yield* Effect.all(
      [Effect.andThen(Deferred.await(locked), effect), sql.withTransaction(holding)],
      { concurrency: "unbounded" }
    )
    return result
  })

/** The tables whose rows statements lock, with the order in which they do. */
export const locksIn = (log: ReadonlyArray<string>): ReadonlyArray<string> =>
  log.flatMap((statement) => {
    const [, table, order] =
      /FROM "?(\w+)"? WHERE .* ORDER BY (.+?) FOR (?:NO KEY )?UPDATE/u.exec(statement) ?? []
    return table === undefined ? [] : [`${table} by ${order}`]
  })
