/** The tables of the admin API in the relay's database: tokens, sessions, and the audit log. */
import { Layer } from "effect"
import type { Migrator, SqlClient } from "effect/sql"
import { type Inbox, Migrations, type Move } from "@usher/engine"
import access from "./internal/server/migrations/0001_access.ts"

/**
 * The tables, as a move to another database copies them.
 *
 * @category constants
 */
export const tables: ReadonlyArray<Move.Table> = [
  { name: "tokens", key: ["id"] },
  { name: "sessions", key: ["id"] },
  { name: "audit_log", key: ["number"] },
  { name: "audit_head", key: ["name"] }
]

/**
 * Every migration, by its number and name.
 *
 * @category migrations
 */
export const migrations = { "0001_access": access }

const upgrade = Migrations.make("usher_admin_migrations", migrations)

/**
 * Brings the tables of the admin API up to date.
 *
 * @category migrations
 */
export const migrate: Migrations.Upgrade["migrate"] = upgrade.migrate

/**
 * The migrations that `migrate` would run.
 *
 * @category migrations
 */
export const pending: Migrations.Upgrade["pending"] = upgrade.pending

/**
 * Migrates the tables when it is built.
 *
 * @category layers
 */
export const layer: Layer.Layer<
  never,
  Inbox.InboxUnavailable | Migrator.MigrationError,
  SqlClient.SqlClient
> = Layer.effectDiscard(migrate)
