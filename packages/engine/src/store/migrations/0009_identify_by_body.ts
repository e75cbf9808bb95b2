import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { columnTypes } from "../columns.ts"

/**
 * A webhook is its source, its delivery id and its body. `delivery_id` is '' where the sender gives none, `body_hash` is a
 * keyed hash of the body ('' in rows of earlier versions: not known), `occurrence` counts the sign-ups with one body and
 * without an id. `first_webhook` is the first webhook with the same id, where that one has another body. `released_*` and
 * `verified` say how it left the quarantine.
 *
 * Each row is in exactly one of three unique indexes: the first with its id, a later one with the same id, or one without.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.onDialectOrElse({ pg: () => alter, orElse: () => rebuild })
  yield* sql`CREATE UNIQUE INDEX webhooks_first ON webhooks (source, delivery_id)
    WHERE first_webhook IS NULL AND delivery_id <> ''`
  yield* sql`CREATE UNIQUE INDEX webhooks_repeated ON webhooks (first_webhook, body_hash)
    WHERE first_webhook IS NOT NULL`
  yield* sql`CREATE UNIQUE INDEX webhooks_without_id ON webhooks (source, body_hash, occurrence)
    WHERE delivery_id = ''`
  yield* sql`CREATE INDEX webhooks_unhashed ON webhooks (received_at) WHERE body_hash = ''`
})

const alter = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { id, small, whole } = columnTypes(sql)
  // The name of a constraint is the database's to choose.
  const constraints = yield* sql<{ name: string }>`SELECT conname AS name FROM pg_constraint
    WHERE conrelid = 'webhooks'::regclass AND contype = 'u'`
  for (const { name } of constraints) yield* sql`ALTER TABLE webhooks DROP CONSTRAINT ${sql(name)}`
  yield* sql`ALTER TABLE webhooks
    ADD COLUMN body_hash ${id} NOT NULL DEFAULT '',
    ADD COLUMN occurrence ${whole} NOT NULL DEFAULT 0,
    ADD COLUMN first_webhook ${id},
    ADD COLUMN released_at ${whole},
    ADD COLUMN released_by TEXT,
    ADD COLUMN verified ${small} NOT NULL DEFAULT 1`
  yield* sql`ALTER TABLE webhooks ALTER COLUMN body_hash DROP DEFAULT`
})

/** SQLite can't drop a constraint: the table is made anew, and the one that refers to it. */
const rebuild = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const tables = ["webhooks", "webhook_invitations"]
  const triggers = yield* sql<{ text: string }>`SELECT sql AS text FROM sqlite_master
    WHERE type = 'trigger' AND ${sql.in("tbl_name", tables)}`
  for (const table of tables) yield* sql`ALTER TABLE ${sql(table)} RENAME TO ${sql(`old_${table}`)}`
  yield* sql`CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    delivery_id TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    occurrence INTEGER NOT NULL DEFAULT 0,
    first_webhook TEXT,
    sender TEXT NOT NULL,
    status TEXT NOT NULL,
    lane INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    resent INTEGER NOT NULL DEFAULT 0,
    resent_at INTEGER NOT NULL DEFAULT 0,
    released_at INTEGER,
    released_by TEXT,
    verified INTEGER NOT NULL DEFAULT 1,
    mapping_version TEXT,
    reason TEXT,
    traceparent TEXT,
    headers TEXT NOT NULL,
    body BLOB NOT NULL
  ) STRICT`
  yield* sql`CREATE TABLE webhook_invitations (
    webhook_id TEXT NOT NULL REFERENCES webhooks (id),
    invitation_id TEXT NOT NULL REFERENCES invitations (id),
    PRIMARY KEY (webhook_id, invitation_id)
  ) STRICT`
  const kept = sql.literal(
    "id, source, delivery_id, sender, status, lane, received_at, reason, traceparent, headers, body, resent, resent_at, mapping_version"
  )
  yield* sql`INSERT INTO webhooks (${kept}, body_hash) SELECT ${kept}, '' FROM old_webhooks ORDER BY id`
  yield* sql`INSERT INTO webhook_invitations SELECT webhook_id, invitation_id FROM old_webhook_invitations`
  for (const table of tables.toReversed()) yield* sql`DROP TABLE ${sql(`old_${table}`)}`
  yield* sql`CREATE INDEX webhook_invitations_invitation ON webhook_invitations (invitation_id)`
  yield* sql`CREATE INDEX webhooks_received ON webhooks (lane, id) WHERE status = 'received'`
  yield* sql`CREATE INDEX webhooks_held ON webhooks (source, id) WHERE status = 'held'`
  yield* sql`CREATE INDEX webhooks_ignored ON webhooks (id) WHERE status = 'ignored'`
  yield* sql`CREATE INDEX webhooks_unmappable ON webhooks (id) WHERE status = 'unmappable'`
  // A file that is being moved stays sealed.
  for (const { text } of triggers) yield* sql.unsafe(text)
})
