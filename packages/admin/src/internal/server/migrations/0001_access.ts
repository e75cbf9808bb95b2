import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Migrations } from "@usher/engine"

/**
 * Tokens by their hashes, sessions, and the audit log with the head of its chain. They exist where the migrations of the engine
 * made them: those of databases before this one.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { id, whole, strict } = Migrations.columnTypes(sql)
  yield* sql`CREATE TABLE IF NOT EXISTS tokens (
    id ${id} PRIMARY KEY,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    hash TEXT NOT NULL,
    created_at ${whole} NOT NULL,
    expires_at ${whole},
    last_used_at ${whole}
  ) ${strict}`
  yield* sql`CREATE UNIQUE INDEX IF NOT EXISTS tokens_name ON tokens (name)`
  yield* sql`CREATE TABLE IF NOT EXISTS sessions (
    id ${id} PRIMARY KEY,
    token ${id} NOT NULL,
    token_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    begun_at ${whole} NOT NULL,
    last_used_at ${whole} NOT NULL,
    expires_at ${whole} NOT NULL,
    ip TEXT,
    user_agent TEXT
  ) ${strict}`
  yield* sql`CREATE INDEX IF NOT EXISTS sessions_token ON sessions (token)`
  yield* sql`CREATE TABLE IF NOT EXISTS audit_log (
    number ${whole} PRIMARY KEY,
    id ${id} NOT NULL,
    act ${id} NOT NULL,
    kind TEXT NOT NULL,
    at ${whole} NOT NULL,
    who TEXT NOT NULL,
    via TEXT NOT NULL,
    ip TEXT,
    what ${id} NOT NULL,
    parameters TEXT NOT NULL,
    result TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL
  ) ${strict}`
  yield* sql`CREATE UNIQUE INDEX IF NOT EXISTS audit_log_id ON audit_log (id)`
  // No two entries follow the same one: the chain does not fork.
  yield* sql`CREATE UNIQUE INDEX IF NOT EXISTS audit_log_prev ON audit_log (prev)`
  yield* sql`CREATE INDEX IF NOT EXISTS audit_log_act ON audit_log (act)`
  // The number and hash of the last entry. Writers lock its only row.
  yield* sql`CREATE TABLE IF NOT EXISTS audit_head (
    name ${id} PRIMARY KEY,
    number ${whole} NOT NULL,
    hash TEXT NOT NULL
  ) ${strict}`
})
