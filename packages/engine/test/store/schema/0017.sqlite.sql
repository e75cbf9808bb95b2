CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    member TEXT,
    forgotten_at INTEGER
  ) STRICT;

CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    spot TEXT NOT NULL,
    live_id TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES people (id),
    source TEXT NOT NULL,
    invited_by TEXT,
    notify INTEGER,
    traceparent TEXT,
    created_at INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    lane INTEGER NOT NULL,
    ready INTEGER,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    lease TEXT,
    settled_at INTEGER,
    last_error TEXT,
    trace_id TEXT, together INTEGER, batch TEXT NOT NULL DEFAULT '', received_at INTEGER, "lost_lease" TEXT,
    UNIQUE (spot, live_id, person)
  ) STRICT;

CREATE TABLE attempts (
    id TEXT PRIMARY KEY,
    started_at INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    upstream_status INTEGER,
    answer TEXT,
    trace_id TEXT
  ) STRICT;

CREATE TABLE attempt_invitations (
    attempt_id TEXT NOT NULL REFERENCES attempts (id),
    invitation_id TEXT NOT NULL REFERENCES invitations (id),
    number INTEGER NOT NULL,
    error TEXT,
    participant TEXT,
    PRIMARY KEY (invitation_id, attempt_id)
  ) STRICT;

CREATE TABLE parked_lives (
    spot TEXT NOT NULL,
    live_id TEXT NOT NULL,
    until INTEGER NOT NULL, since INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (spot, live_id)
  ) STRICT;

CREATE TABLE spots (
    name TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    paused_at INTEGER,
    paused_by TEXT,
    reason TEXT,
    probe_at INTEGER,
    rests_until INTEGER NOT NULL,
    largest_batch INTEGER
  , cooldown_since INTEGER, cooldown_reason TEXT, refusals INTEGER NOT NULL DEFAULT 0, probing_until INTEGER, circuit_since INTEGER, circuit_until INTEGER) STRICT;

CREATE TABLE spends (
    spot TEXT NOT NULL,
    lane INTEGER NOT NULL,
    number INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    PRIMARY KEY (spot, lane, number)
  ) STRICT;

CREATE TABLE paused_sources (
    source TEXT PRIMARY KEY,
    paused_at INTEGER NOT NULL,
    paused_by TEXT NOT NULL,
    reason TEXT,
    resuming INTEGER NOT NULL
  ) STRICT;

CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER
  ) STRICT;

CREATE TABLE counts (
    span TEXT NOT NULL,
    at INTEGER NOT NULL,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    writer TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (span, at, source, name, writer)
  ) STRICT;

CREATE TABLE webhooks (
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
  ) STRICT;

CREATE TABLE webhook_invitations (
    webhook_id TEXT NOT NULL REFERENCES webhooks (id),
    invitation_id TEXT NOT NULL REFERENCES invitations (id),
    PRIMARY KEY (webhook_id, invitation_id)
  ) STRICT;

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    token TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ip TEXT,
    user_agent TEXT
  ) STRICT;

CREATE TABLE audit_log (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    act TEXT NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    via TEXT NOT NULL,
    ip TEXT,
    what TEXT NOT NULL,
    parameters TEXT NOT NULL,
    result TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;

CREATE TABLE audit_head (
    name TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;

CREATE TABLE quarantined (
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
  ) STRICT;

CREATE TABLE probes (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, filler TEXT NOT NULL) STRICT;

CREATE INDEX invitations_waiting ON invitations (spot, due_at, id) WHERE ready = 0;

CREATE INDEX invitations_expiring ON invitations (spot, expires_at) WHERE status = 'pending' AND expires_at < 9007199254740991;

CREATE INDEX invitations_person ON invitations (person);

CREATE INDEX attempt_invitations_attempt ON attempt_invitations (attempt_id);

CREATE INDEX spends_ending ON spends (spot, ends_at);

CREATE INDEX spends_started ON spends (spot, lane, started_at, number);

CREATE INDEX invitations_turn ON invitations (spot, lane, source, batch, due_at, id) WHERE ready = 1;

CREATE INDEX invitations_batch ON invitations (spot, batch, lane, expires_at, due_at, id) WHERE ready = 1;

CREATE INDEX invitations_deadline ON invitations (spot, lane, expires_at, due_at, id) WHERE ready = 1 AND expires_at < 9007199254740991;

CREATE INDEX counts_accepted ON counts (source, span, at) WHERE name = 'accepted';

CREATE INDEX invitations_dead ON invitations (id, status, last_error, spot, live_id)
    WHERE status IN ('rejected', 'exhausted');

CREATE INDEX webhook_invitations_invitation ON webhook_invitations (invitation_id);

CREATE INDEX webhooks_held ON webhooks (source, id) WHERE status = 'held';

CREATE INDEX webhooks_ignored ON webhooks (id) WHERE status = 'ignored';

CREATE INDEX webhooks_unmappable ON webhooks (id) WHERE status = 'unmappable';

CREATE UNIQUE INDEX webhooks_first ON webhooks (source, delivery_id)
    WHERE first_webhook IS NULL AND delivery_id <> '';

CREATE UNIQUE INDEX webhooks_repeated ON webhooks (first_webhook, body_hash)
    WHERE first_webhook IS NOT NULL;

CREATE UNIQUE INDEX webhooks_without_id ON webhooks (source, body_hash, occurrence)
    WHERE delivery_id = '';

CREATE INDEX webhooks_unhashed ON webhooks (received_at) WHERE body_hash = '';

CREATE UNIQUE INDEX tokens_name ON tokens (name);

CREATE INDEX sessions_token ON sessions (token);

CREATE UNIQUE INDEX audit_log_id ON audit_log (id);

CREATE UNIQUE INDEX audit_log_prev ON audit_log (prev);

CREATE INDEX audit_log_act ON audit_log (act);

CREATE INDEX quarantined_client ON quarantined (source, client, last_at, id, size);

CREATE INDEX webhooks_received ON webhooks (lane, source, id) WHERE status = 'received';
