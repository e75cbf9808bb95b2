/**
 * The schema of the relay's database. `StoreSql.layer` brings it up to date before anything else reads the tables.
 */
import { Effect } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import { InboxUnavailable } from "../ports/Inbox.ts"
import createInbox from "./migrations/0001_create_inbox.ts"
import separatePeople from "./migrations/0002_separate_people.ts"
import leadSpots from "./migrations/0003_lead_spots.ts"
import holdAndQuarantine from "./migrations/0004_hold_and_quarantine.ts"
import createAdmin from "./migrations/0006_create_admin.ts"
import keepReceipt from "./migrations/0008_keep_receipt.ts"
import identifyByBody from "./migrations/0009_identify_by_body.ts"
import chainAuditLog from "./migrations/0010_chain_audit_log.ts"
import shareBounds from "./migrations/0011_share_bounds.ts"
import keyPersonalIds from "./migrations/0012_key_personal_ids.ts"
import keepCooldowns from "./migrations/0013_keep_cooldowns.ts"
import probeWrites from "./migrations/0017_probe_writes.ts"
import { addColumn } from "./columns.ts"
import { unavailable } from "./rows/transaction.ts"

/**
 * Every migration, by its number and name: a file in `migrations/`, or the column that it adds.
 *
 * @category migrations
 */
export const migrations = {
  "0001_create_inbox": createInbox,
  "0002_separate_people": separatePeople,
  "0003_lead_spots": leadSpots,
  "0004_hold_and_quarantine": holdAndQuarantine,
  "0006_create_admin": createAdmin,
  "0007_keep_mapping_version": addColumn("webhooks", "mapping_version", "TEXT"),
  "0008_keep_receipt": keepReceipt,
  "0009_identify_by_body": identifyByBody,
  "0010_chain_audit_log": chainAuditLog,
  "0011_share_bounds": shareBounds,
  "0012_key_personal_ids": keyPersonalIds,
  "0013_keep_cooldowns": keepCooldowns,
  "0015_keep_lost_calls": addColumn("invitations", "lost_lease", "TEXT"),
  "0017_probe_writes": probeWrites,
  "0018_keep_receiver": addColumn("webhooks", "received_by", "TEXT")
}

/**
 * Brings the tables up to date; does nothing when they are. Which ones it ran.
 *
 * @category migrations
 */
export const migrate: Effect.Effect<
  ReadonlyArray<readonly [id: number, name: string]>,
  InboxUnavailable | Migrator.MigrationError,
  SqlClient.SqlClient
> = Migrator.make({})({
  loader: Migrator.fromRecord(migrations),
  table: "usher_migrations"
}).pipe(Effect.catchTag("SqlError", (cause) => Effect.fail(new InboxUnavailable({ cause }))))

/**
 * The migrations that `migrate` would run, by name. Writes nothing. Fails when the database can't be read, has moved away,
 * or was brought up to date by a later version.
 *
 * @category migrations
 */
export const pending: Effect.Effect<
  ReadonlyArray<string>,
  InboxUnavailable,
  SqlClient.SqlClient
> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const found = yield* sql.onDialectOrElse({
    pg: () => sql`SELECT 1 AS found WHERE to_regclass('usher_migrations') IS NOT NULL`,
    orElse: () => sql`SELECT 1 AS found FROM sqlite_master WHERE name = 'usher_migrations'`
  })
  const known = Object.keys(migrations).map((name) => ({ id: Number.parseInt(name, 10), name }))
  if (found.length === 0) return known.map(({ name }) => name)
  const rows = yield* sql<{ id: number }>`SELECT migration_id AS id FROM usher_migrations`
  const ran = new Set(rows.map(({ id }) => id))
  if (ran.size > known.filter(({ id }) => ran.has(id)).length) {
    return yield* new InboxUnavailable({ cause: new Error("a later version of usher has changed it") })
  }
  if (ran.has(2)) {
    const moved = yield* sql`SELECT value FROM settings WHERE name = 'moved'`
    if (moved.length > 0) return yield* new InboxUnavailable({ cause: new Error(movedAway) })
  }
  return known.filter(({ id }) => !ran.has(id)).map(({ name }) => name)
}).pipe(unavailable)

/**
 * Why a database that was moved to another one is not used.
 *
 * @category constants
 */
export const movedAway = "it has moved (usher migrate --to), configure the one it moved to"
