import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * A refused delivery belongs to the client that sent it (a keyed digest of the address; empty for earlier ones), and keeps
 * the request in which it came first beside the last one. Webhooks that wait for their mapping are found by source.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.onDialectOrElse({ pg: () => alter, orElse: () => rebuild })
  // Holds all that the bounds are counted by.
  yield* sql`CREATE INDEX quarantined_client ON quarantined (source, client, last_at, id, size)`
  yield* sql`DROP INDEX webhooks_received`
  yield* sql`CREATE INDEX webhooks_received ON webhooks (lane, source, id) WHERE status = 'received'`
})

const alter = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DROP INDEX quarantined_source`
  yield* sql`ALTER TABLE quarantined
    ADD COLUMN client TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN first_method TEXT, ADD COLUMN first_target TEXT, ADD COLUMN first_headers TEXT,
    DROP CONSTRAINT quarantined_source_digest_key,
    ADD CONSTRAINT quarantined_delivery UNIQUE (source, digest, client)`
})

/** SQLite can't drop a constraint: the table is made anew. Before the body stands what is read without it. */
const rebuild = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const triggers = yield* sql<{ text: string }>`SELECT sql AS text FROM sqlite_master
    WHERE type = 'trigger' AND tbl_name = 'quarantined'`
  yield* sql`ALTER TABLE quarantined RENAME TO old_quarantined`
  yield* sql`CREATE TABLE quarantined (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    client TEXT NOT NULL DEFAULT '',
    digest TEXT NOT NULL,
    sender TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    times INTEGER NOT NULL,
    size INTEGER NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    method TEXT NOT NULL,
    target TEXT NOT NULL,
    headers TEXT NOT NULL,
    first_method TEXT,
    first_target TEXT,
    first_headers TEXT,
    body BLOB NOT NULL,
    UNIQUE (source, digest, client)
  ) STRICT`
  const kept = sql.literal(
    "id, source, digest, sender, first_at, last_at, times, size, reason, message, method, target, headers, body"
  )
  yield* sql`INSERT INTO quarantined (${kept}) SELECT ${kept} FROM old_quarantined ORDER BY id`
  yield* sql`DROP TABLE old_quarantined`
  // A file that is being moved stays sealed.
  for (const { text } of triggers) yield* sql.unsafe(text)
})
