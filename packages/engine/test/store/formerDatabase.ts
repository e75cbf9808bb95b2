/** A database with the last schema before `0001_schema`, as `0017_probe_writes` left it. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { readFileSync } from "node:fs"

export const formerMigrations = [
  [1, "create_inbox"],
  [2, "separate_people"],
  [3, "lead_spots"],
  [4, "hold_and_quarantine"],
  [6, "create_admin"],
  [7, "keep_mapping_version"],
  [8, "keep_receipt"],
  [9, "identify_by_body"],
  [10, "chain_audit_log"],
  [11, "share_bounds"],
  [12, "key_personal_ids"],
  [13, "keep_cooldowns"],
  [15, "keep_lost_calls"],
  [17, "probe_writes"]
] as const

const statementsOf = (dialect: "postgres" | "sqlite") =>
  readFileSync(`${import.meta.dirname}/schema/0017.${dialect}.sql`, "utf8")
    .split(/;\n/)
    .filter((text) => text.trim() !== "")

export const ranMigrations = Effect.fnUntraced(function* (
  ran: ReadonlyArray<readonly [id: number, name: string]>
) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE usher_migrations (
    migration_id INTEGER PRIMARY KEY NOT NULL, created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, name VARCHAR(255) NOT NULL)`
  for (const [migration_id, name] of ran) {
    yield* sql`INSERT INTO usher_migrations ${sql.insert({ migration_id, name })}`
  }
})

export const formerDatabase = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const dialect = sql.onDialectOrElse({ pg: () => "postgres" as const, orElse: () => "sqlite" as const })
  for (const statement of statementsOf(dialect)) yield* sql.unsafe(statement)
  yield* sql`INSERT INTO settings ${sql.insert({ name: "person_key", value: Buffer.alloc(32, 7).toString("base64") })}`
  yield* ranMigrations(formerMigrations)
})
