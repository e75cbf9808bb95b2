import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Invitation } from "@usher/core"
import { keyOf, newKey } from "../rows/person.ts"
import { columnTypes } from "../columns.ts"

/**
 * The shape for both databases: people by a keyed hash, what a claim is ordered by in one index, calls that many
 * invitations share. Times are milliseconds since 1970, ids sort by time, `expires_at` is 2^53 - 1 for never.
 *
 * `ready`: 1 may be claimed, 0 waits for `due_at` (a time to come, or the end of a lease), null is settled.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const old = sql.onDialectOrElse({ sqlite: () => true, orElse: () => false })
  const { id, bytes, whole, small, strict } = columnTypes(sql)
  const oldTables = ["webhooks", "invitations", "webhook_invitations", "attempts"]
  if (old) {
    for (const table of oldTables) yield* sql`ALTER TABLE ${sql(table)} RENAME TO ${sql(`old_${table}`)}`
  }

  yield* sql`CREATE TABLE settings (name ${id} PRIMARY KEY, value TEXT NOT NULL) ${strict}`
  yield* sql`CREATE TABLE people (
    id ${id} PRIMARY KEY,
    member TEXT,
    forgotten_at ${whole}
  ) ${strict}`
  yield* sql`CREATE TABLE webhooks (
    id ${id} PRIMARY KEY,
    source TEXT NOT NULL,
    delivery_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    status TEXT NOT NULL,
    lane ${small} NOT NULL,
    received_at ${whole} NOT NULL,
    reason TEXT,
    traceparent TEXT,
    headers TEXT NOT NULL,
    body ${bytes} NOT NULL,
    UNIQUE (source, delivery_id)
  ) ${strict}`
  yield* sql`CREATE TABLE invitations (
    id ${id} PRIMARY KEY,
    spot TEXT NOT NULL,
    live_id TEXT NOT NULL,
    person ${id} NOT NULL REFERENCES people (id),
    source TEXT NOT NULL,
    invited_by TEXT,
    notify ${small},
    traceparent TEXT,
    created_at ${whole} NOT NULL,
    asked_at ${whole} NOT NULL,
    expires_at ${whole} NOT NULL,
    status TEXT NOT NULL,
    lane ${small} NOT NULL,
    ready ${small},
    due_at ${whole} NOT NULL,
    attempts ${small} NOT NULL,
    lease TEXT,
    settled_at ${whole},
    last_error TEXT,
    trace_id TEXT,
    UNIQUE (spot, live_id, person)
  ) ${strict}`
  yield* sql`CREATE TABLE webhook_invitations (
    webhook_id ${id} NOT NULL REFERENCES webhooks (id),
    invitation_id ${id} NOT NULL REFERENCES invitations (id),
    PRIMARY KEY (webhook_id, invitation_id)
  ) ${strict}`
  // One row for each upstream call, and one for each invitation that was in it.
  yield* sql`CREATE TABLE attempts (
    id ${id} PRIMARY KEY,
    started_at ${whole} NOT NULL,
    duration_ms ${whole} NOT NULL,
    upstream_status ${small},
    answer TEXT,
    trace_id TEXT
  ) ${strict}`
  yield* sql`CREATE TABLE attempt_invitations (
    attempt_id ${id} NOT NULL REFERENCES attempts (id),
    invitation_id ${id} NOT NULL REFERENCES invitations (id),
    number ${small} NOT NULL,
    error TEXT,
    participant TEXT,
    PRIMARY KEY (invitation_id, attempt_id)
  ) ${strict}`
  yield* sql`CREATE TABLE parked_lives (
    spot ${id} NOT NULL,
    live_id ${id} NOT NULL,
    until ${whole} NOT NULL,
    PRIMARY KEY (spot, live_id)
  ) ${strict}`
  yield* sql`CREATE TABLE budget_spends (
    id ${id} PRIMARY KEY,
    spot TEXT NOT NULL,
    at ${whole} NOT NULL,
    calls ${small} NOT NULL
  ) ${strict}`

  const key = yield* newKey
  yield* sql`INSERT INTO settings ${sql.insert([{ name: "person_key", value: key }])}`
  if (old) {
    yield* carryOver(key)
    for (const table of oldTables.toReversed()) yield* sql`DROP TABLE ${sql(`old_${table}`)}`
  }

  yield* sql`CREATE INDEX webhooks_received ON webhooks (lane, id) WHERE status = 'received'`
  yield* sql`CREATE INDEX invitations_ready ON invitations (spot, lane, expires_at, due_at, id) WHERE ready = 1`
  yield* sql`CREATE INDEX invitations_waiting ON invitations (spot, due_at, id) WHERE ready = 0`
  yield* sql`CREATE INDEX invitations_expiring ON invitations (spot, expires_at) WHERE status = 'pending' AND expires_at < 9007199254740991`
  yield* sql`CREATE INDEX invitations_person ON invitations (person)`
  yield* sql`CREATE INDEX webhook_invitations_invitation ON webhook_invitations (invitation_id)`
  yield* sql`CREATE INDEX attempt_invitations_attempt ON attempt_invitations (attempt_id)`
  yield* sql`CREATE INDEX budget_spends_spot ON budget_spends (spot, at)`
  yield* sql.onDialectOrElse({
    // A row is written three times at the least: what it was has to go soon, or every claim steps over it.
    pg: () =>
      sql`ALTER TABLE invitations SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`,
    orElse: () => Effect.void
  })
})

/** What stands in a database of the first shape. */
const carryOver = Effect.fnUntraced(function* (key: string) {
  const sql = yield* SqlClient.SqlClient
  const personOf = keyOf(key)
  yield* sql`INSERT INTO webhooks SELECT id, source, delivery_id, '', status, 0, received_at, reason, traceparent, headers, body FROM old_webhooks`
  const members = yield* sql<{ member: string }>`SELECT DISTINCT member_key AS member FROM old_invitations`
  yield* sql`CREATE TABLE old_people (member_key TEXT PRIMARY KEY, id TEXT NOT NULL)`
  for (const { member } of members) {
    yield* sql`INSERT INTO old_people ${sql.insert([{ member_key: member, id: personOf(Invitation.memberKey(member)) }])}`
  }
  yield* sql`INSERT INTO people SELECT p.id, (SELECT member FROM old_invitations i WHERE i.member_key = p.member_key LIMIT 1), NULL FROM old_people p`
  const lastAttempt = sql.literal(
    "(SELECT id FROM old_attempts a WHERE a.invitation_id = i.id ORDER BY number DESC LIMIT 1)"
  )
  yield* sql`INSERT INTO invitations
    SELECT i.id, i.spot, i.live_id, p.id,
      COALESCE((SELECT w.source FROM old_webhooks w JOIN old_webhook_invitations l ON l.webhook_id = w.id WHERE l.invitation_id = i.id ORDER BY w.id LIMIT 1), ''),
      i.invited_by, i.notify, i.traceparent, i.created_at, i.created_at, 9007199254740991, i.status,
      CASE WHEN i.attempts > 0 THEN 1 ELSE 0 END, CASE WHEN i.status IN ('pending', 'sending') THEN 0 END,
      i.due_at, i.attempts, i.lease, i.settled_at,
      (SELECT json_extract(error, '$._tag') FROM old_attempts WHERE id = ${lastAttempt}),
      (SELECT trace_id FROM old_attempts WHERE id = ${lastAttempt})
    FROM old_invitations i JOIN old_people p ON p.member_key = i.member_key`
  yield* sql`DROP TABLE old_people`
  yield* sql`INSERT INTO webhook_invitations SELECT webhook_id, invitation_id FROM old_webhook_invitations`
  yield* sql`INSERT INTO attempts SELECT id, started_at, duration_ms, NULL, NULL, trace_id FROM old_attempts`
  yield* sql`INSERT INTO attempt_invitations SELECT id, invitation_id, number, error, participant FROM old_attempts`
})
