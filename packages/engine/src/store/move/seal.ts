/** Makes a SQLite database refuse writes while it is moved, also those of running relays. */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { Table } from "./tables.ts"

const triggersOf = (tables: ReadonlyArray<Table>) =>
  tables.flatMap(({ name }) =>
    ["INSERT", "UPDATE", "DELETE"].map((action) => ({ action, name, trigger: `sealed_${action}_${name}` }))
  )

const message =
  "this database has moved, or is being moved: configure the database named in usher migrate --to"

/** Every write fails with a message that says why, until `unseal`. */
export const seal = (sql: SqlClient.SqlClient, tables: ReadonlyArray<Table>) =>
  Effect.forEach(
    triggersOf(tables),
    ({ action, name, trigger }) =>
      sql.unsafe(
        `CREATE TRIGGER IF NOT EXISTS ${trigger} BEFORE ${action} ON ${name} BEGIN SELECT RAISE(ABORT, '${message}'); END`
      ),
    { discard: true }
  ).pipe(
    Effect.andThen(
      sql`INSERT INTO settings (name, value) VALUES ('sealed', ${message}) ON CONFLICT DO NOTHING`
    ),
    sql.withTransaction
  )

export const unseal = (sql: SqlClient.SqlClient, tables: ReadonlyArray<Table>) =>
  Effect.forEach(triggersOf(tables), ({ trigger }) => sql.unsafe(`DROP TRIGGER IF EXISTS ${trigger}`), {
    discard: true
  }).pipe(Effect.andThen(sql`DELETE FROM settings WHERE name = 'sealed'`), sql.withTransaction)
