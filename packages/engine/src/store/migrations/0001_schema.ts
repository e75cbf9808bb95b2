import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { columnTypes } from "../columns.ts"
import { newKey } from "../rows/person.ts"

/**
 * The tables of the relay, on both databases. Times are milliseconds since 1970, ids sort by the time at which they were
 * made, and `expires_at` is 2^53 - 1 for never. Before a body stand the columns that are read without it.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { id, bytes, whole, small, strict } = columnTypes(sql)

  // `person_key` keys the hashes of people and bodies.
  yield* sql`CREATE TABLE settings (name ${id} PRIMARY KEY, value TEXT NOT NULL) ${strict}`
  yield* sql`INSERT INTO settings ${sql.insert([{ name: "person_key", value: yield* newKey }])}`

  // A person is a keyed hash. `member` is null once the person is forgotten.
  yield* sql`CREATE TABLE people (id ${id} PRIMARY KEY, member TEXT, forgotten_at ${whole}) ${strict}`

  // `delivery_id` is '' where the sender gives none. `body_hash` is a keyed hash, '' where it is not known. `occurrence`
  // counts the sign-ups with one body and no id. `first_webhook` is the first one with the same id and another body.
  yield* sql`CREATE TABLE webhooks (
    id ${id} PRIMARY KEY,
    source TEXT NOT NULL,
    delivery_id TEXT NOT NULL,
    body_hash ${id} NOT NULL,
    occurrence ${whole} NOT NULL DEFAULT 0,
    first_webhook ${id},
    sender TEXT NOT NULL,
    status TEXT NOT NULL,
    lane ${small} NOT NULL,
    received_at ${whole} NOT NULL,
    received_by TEXT,
    resent ${whole} NOT NULL DEFAULT 0,
    resent_at ${whole} NOT NULL DEFAULT 0,
    released_at ${whole},
    released_by TEXT,
    verified ${small} NOT NULL DEFAULT 1,
    mapping_version TEXT,
    reason TEXT,
    traceparent TEXT,
    headers TEXT NOT NULL,
    body ${bytes} NOT NULL
  ) ${strict}`
  yield* sql`CREATE INDEX webhooks_received ON webhooks (lane, source, id) WHERE status = 'received'`
  yield* sql`CREATE INDEX webhooks_held ON webhooks (source, id) WHERE status = 'held'`
  yield* sql`CREATE INDEX webhooks_ignored ON webhooks (id) WHERE status = 'ignored'`
  yield* sql`CREATE INDEX webhooks_unmappable ON webhooks (id) WHERE status = 'unmappable'`
  yield* sql`CREATE INDEX webhooks_unhashed ON webhooks (received_at) WHERE body_hash = ''`
  // Each row is in exactly one of these: the first with its id, a later one with the same id, or one without an id.
  yield* sql`CREATE UNIQUE INDEX webhooks_first ON webhooks (source, delivery_id)
    WHERE first_webhook IS NULL AND delivery_id <> ''`
  yield* sql`CREATE UNIQUE INDEX webhooks_repeated ON webhooks (first_webhook, body_hash)
    WHERE first_webhook IS NOT NULL`
  yield* sql`CREATE UNIQUE INDEX webhooks_without_id ON webhooks (source, body_hash, occurrence)
    WHERE delivery_id = ''`

  // `state` says whether a claim may take it: 'available' now, 'scheduled' at `due_at` (a retry, or the end of a lease),
  // or 'finished'. `batch_key` names what must be equal for one call; `max_batch_size` bounds the members of that call.
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
    requested_at ${whole} NOT NULL,
    received_at ${whole},
    expires_at ${whole} NOT NULL,
    status TEXT NOT NULL,
    lane ${small} NOT NULL,
    state TEXT NOT NULL DEFAULT 'finished',
    due_at ${whole} NOT NULL,
    attempts ${small} NOT NULL,
    lease_token TEXT,
    lost_lease_token TEXT,
    settled_at ${whole},
    last_error TEXT,
    trace_id TEXT,
    max_batch_size ${small},
    batch_key ${id} NOT NULL DEFAULT '',
    UNIQUE (spot, live_id, person)
  ) ${strict}`
  yield* invitationIndexes
  yield* sql`CREATE INDEX invitations_expiring ON invitations (spot, expires_at)
    WHERE status = 'pending' AND expires_at < 9007199254740991`
  yield* sql`CREATE INDEX invitations_person ON invitations (person)`
  yield* sql`CREATE INDEX invitations_dead ON invitations (id, status, last_error, spot, live_id)
    WHERE status IN ('rejected', 'exhausted')`
  yield* sql.onDialectOrElse({
    // Each row is written at least three times: its old versions have to go soon, or every claim steps over them.
    pg: () =>
      sql`ALTER TABLE invitations SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`,
    orElse: () => Effect.void
  })
  yield* sql`CREATE TABLE webhook_invitations (
    webhook_id ${id} NOT NULL REFERENCES webhooks (id),
    invitation_id ${id} NOT NULL REFERENCES invitations (id),
    PRIMARY KEY (webhook_id, invitation_id)
  ) ${strict}`
  yield* sql`CREATE INDEX webhook_invitations_invitation ON webhook_invitations (invitation_id)`

  // One row for each call to the upstream, and one for each invitation in it.
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
  yield* sql`CREATE INDEX attempt_invitations_attempt ON attempt_invitations (attempt_id)`

  // `term` is the fencing token: the relay that leads the Spot has the highest. `refusals` counts consecutive 429s. Where
  // `probe_at` is null, only an operator resumes the Spot.
  yield* sql`CREATE TABLE spots (
    name ${id} PRIMARY KEY,
    term ${whole} NOT NULL,
    paused_at ${whole},
    paused_by TEXT,
    reason TEXT,
    probe_at ${whole},
    cooldown_until ${whole} NOT NULL,
    cooldown_since ${whole},
    cooldown_reason TEXT,
    refusals ${small} NOT NULL DEFAULT 0,
    probing_until ${whole},
    circuit_since ${whole},
    circuit_until ${whole},
    max_batch_size ${small}
  ) ${strict}`
  yield* sql`CREATE TABLE parked_lives (
    spot ${id} NOT NULL,
    live_id ${id} NOT NULL,
    until ${whole} NOT NULL,
    since ${whole} NOT NULL DEFAULT 0,
    PRIMARY KEY (spot, live_id)
  ) ${strict}`
  // A call counts until its window has passed since its end. While it is under way, `ends_at` is its latest end.
  yield* sql`CREATE TABLE reservations (
    spot ${id} NOT NULL,
    lane ${small} NOT NULL,
    number ${whole} NOT NULL,
    started_at ${whole} NOT NULL,
    ends_at ${whole} NOT NULL,
    PRIMARY KEY (spot, lane, number)
  ) ${strict}`
  yield* sql`CREATE INDEX reservations_ending ON reservations (spot, ends_at)`
  yield* sql`CREATE INDEX reservations_started ON reservations (spot, lane, started_at, number)`

  yield* sql`CREATE TABLE paused_sources (
    source ${id} PRIMARY KEY,
    paused_at ${whole} NOT NULL,
    paused_by TEXT NOT NULL,
    reason TEXT,
    resuming ${small} NOT NULL
  ) ${strict}`

  // `client` is a keyed hash of the sender's IP address. The first request is kept beside the last one.
  yield* sql`CREATE TABLE quarantined (
    id ${id} PRIMARY KEY,
    source ${id} NOT NULL,
    client ${id} NOT NULL DEFAULT '',
    digest TEXT NOT NULL,
    sender TEXT NOT NULL,
    first_at ${whole} NOT NULL,
    last_at ${whole} NOT NULL,
    times ${whole} NOT NULL,
    size ${whole} NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    method TEXT NOT NULL,
    target TEXT NOT NULL,
    headers TEXT NOT NULL,
    first_method TEXT,
    first_target TEXT,
    first_headers TEXT,
    body ${bytes} NOT NULL,
    CONSTRAINT quarantined_delivery UNIQUE (source, digest, client)
  ) ${strict}`
  yield* sql`CREATE INDEX quarantined_client ON quarantined (source, client, last_at, id, size)`

  // Per minute and per hour. Each process writes rows of its own, so that none waits for another's lock.
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

  // Written to find out whether the database can be written. Its values mean nothing.
  yield* sql`CREATE TABLE probes (id ${whole} PRIMARY KEY, at ${whole} NOT NULL, filler TEXT NOT NULL) ${strict}`
  yield* sql.onDialectOrElse({
    // Not compressed, so that a write needs room.
    pg: () => sql`ALTER TABLE probes ALTER COLUMN filler SET STORAGE EXTERNAL`,
    orElse: () => Effect.void
  })
})

/** The orders in which a claim looks for invitations. */
export const invitationIndexes = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE INDEX invitations_scheduled ON invitations (spot, due_at, id) WHERE state = 'scheduled'`
  yield* sql`CREATE INDEX invitations_source ON invitations (spot, lane, source, batch_key, due_at, id)
    WHERE state = 'available'`
  yield* sql`CREATE INDEX invitations_batch ON invitations (spot, batch_key, lane, expires_at, due_at, id)
    WHERE state = 'available'`
  yield* sql`CREATE INDEX invitations_deadline ON invitations (spot, lane, expires_at, due_at, id)
    WHERE state = 'available' AND expires_at < 9007199254740991`
})
