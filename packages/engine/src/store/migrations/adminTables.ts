import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { columnTypes } from "../columns.ts"

/** The tables of the admin API: tokens by their hashes, sessions, and the audit log with the head of its chain. */
export const adminTables = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { id, whole, strict } = columnTypes(sql)
  yield* sql`CREATE TABLE tokens (
    id ${id} PRIMARY KEY,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    hash TEXT NOT NULL,
    created_at ${whole} NOT NULL,
    expires_at ${whole},
    last_used_at ${whole}
  ) ${strict}`
  yield* sql`CREATE UNIQUE INDEX tokens_name ON tokens (name)`
  yield* sql`CREATE TABLE sessions (
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
  yield* sql`CREATE INDEX sessions_token ON sessions (token)`
  yield* sql`CREATE TABLE audit_log (
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
  yield* sql`CREATE UNIQUE INDEX audit_log_id ON audit_log (id)`
  // No two entries follow the same one: the chain does not fork.
  yield* sql`CREATE UNIQUE INDEX audit_log_prev ON audit_log (prev)`
  yield* sql`CREATE INDEX audit_log_act ON audit_log (act)`
  // The number and hash of the last entry. Writers lock its only row.
  yield* sql`CREATE TABLE audit_head (
    name ${id} PRIMARY KEY,
    number ${whole} NOT NULL,
    hash TEXT NOT NULL
  ) ${strict}`
})
