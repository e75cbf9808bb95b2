import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { columnTypes } from "../columns.ts"

/**
 * What operators work with: tokens by their hashes, a log of what they changed, counts over time, and what has to be found
 * at once among a million rows: dead letters, and webhooks that made no invitation.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { id, whole, strict } = columnTypes(sql)
  // A session is a token of its own, begun with another one, its parent.
  yield* sql`CREATE TABLE tokens (
    id ${id} PRIMARY KEY,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    hash TEXT NOT NULL,
    parent ${id},
    created_at ${whole} NOT NULL,
    expires_at ${whole},
    last_used_at ${whole}
  ) ${strict}`
  yield* sql`CREATE UNIQUE INDEX tokens_name ON tokens (name) WHERE parent IS NULL`
  yield* sql`CREATE INDEX tokens_parent ON tokens (parent) WHERE parent IS NOT NULL`
  yield* sql`CREATE TABLE audit_log (
    id ${id} PRIMARY KEY,
    at ${whole} NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    parameters TEXT NOT NULL,
    result TEXT NOT NULL
  ) ${strict}`
  // Of spans of a minute and of an hour. Each process writes rows of its own, so that none waits for another's.
  yield* sql`CREATE TABLE counts (
    span ${id} NOT NULL,
    at ${whole} NOT NULL,
    source ${id} NOT NULL,
    name ${id} NOT NULL,
    writer ${id} NOT NULL,
    count ${whole} NOT NULL,
    PRIMARY KEY (span, at, source, name, writer)
  ) ${strict}`
  yield* sql`CREATE INDEX counts_accepted ON counts (source, span, at) WHERE name = 'accepted'`
  yield* sql`CREATE INDEX invitations_dead ON invitations (id, status, last_error, spot, live_id)
    WHERE status IN ('rejected', 'exhausted')`
  yield* sql`CREATE INDEX webhooks_ignored ON webhooks (id) WHERE status = 'ignored'`
  yield* sql`CREATE INDEX webhooks_unmappable ON webhooks (id) WHERE status = 'unmappable'`
  // How often its sender sent it again, and when last.
  yield* sql`ALTER TABLE webhooks ADD COLUMN resent ${whole} NOT NULL DEFAULT 0`
  yield* sql`ALTER TABLE webhooks ADD COLUMN resent_at ${whole} NOT NULL DEFAULT 0`
})
