import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** The first shape, on SQLite alone: no Postgres database was ever at it. Times are milliseconds since 1970, ids sort by time. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  if (sql.onDialectOrElse({ sqlite: () => false, orElse: () => true })) return
  yield* sql`CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    delivery_id TEXT NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    traceparent TEXT,
    received_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    UNIQUE (source, delivery_id)
  )`
  yield* sql`CREATE INDEX webhooks_received ON webhooks (id) WHERE status = 'received'`
  yield* sql`CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    spot TEXT NOT NULL,
    live_id TEXT NOT NULL,
    member TEXT NOT NULL,
    member_key TEXT NOT NULL,
    invited_by TEXT,
    notify INTEGER,
    traceparent TEXT,
    created_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    lease TEXT,
    settled_at BIGINT,
    UNIQUE (spot, live_id, member_key)
  )`
  yield* sql`CREATE INDEX invitations_due ON invitations (spot, due_at, id) WHERE status IN ('pending', 'sending')`
  yield* sql`CREATE TABLE webhook_invitations (
    webhook_id TEXT NOT NULL REFERENCES webhooks (id),
    invitation_id TEXT NOT NULL REFERENCES invitations (id),
    PRIMARY KEY (webhook_id, invitation_id)
  )`
  yield* sql`CREATE INDEX webhook_invitations_invitation ON webhook_invitations (invitation_id)`
  yield* sql`CREATE TABLE attempts (
    id TEXT PRIMARY KEY,
    invitation_id TEXT NOT NULL REFERENCES invitations (id),
    number INTEGER NOT NULL,
    started_at BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    error TEXT,
    participant TEXT,
    trace_id TEXT
  )`
  yield* sql`CREATE INDEX attempts_invitation ON attempts (invitation_id, number)`
})
