/** Keeps everybody from writing into a SQLite database that is being moved, relays that run as well. */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"

const writes = [
  ["INSERT", "webhooks"],
  ["UPDATE", "webhooks"],
  ["INSERT", "invitations"],
  ["UPDATE", "invitations"],
  ["INSERT", "people"],
  ["UPDATE", "people"],
  ["INSERT", "budget_spends"],
  ["INSERT", "paused_sources"],
  ["UPDATE", "paused_sources"],
  ["DELETE", "paused_sources"],
  ["INSERT", "quarantined"],
  ["UPDATE", "quarantined"],
  ["DELETE", "quarantined"]
] as const

const message = "this database has moved, or is being moved: configure the one that usher migrate --to named"

/** Until it is taken off, each write fails with a message that says why. */
export const seal = (sql: SqlClient.SqlClient) =>
  Effect.forEach(
    writes,
    ([action, table]) =>
      sql.unsafe(
        `CREATE TRIGGER IF NOT EXISTS sealed_${action}_${table} BEFORE ${action} ON ${table} BEGIN SELECT RAISE(ABORT, '${message}'); END`
      ),
    { discard: true }
  ).pipe(sql.withTransaction)

export const unseal = (sql: SqlClient.SqlClient) =>
  Effect.forEach(
    writes,
    ([action, table]) => sql.unsafe(`DROP TRIGGER IF EXISTS sealed_${action}_${table}`),
    {
      discard: true
    }
  ).pipe(sql.withTransaction)
