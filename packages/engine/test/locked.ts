/** What must not wait for a row that somebody else is changing. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

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
