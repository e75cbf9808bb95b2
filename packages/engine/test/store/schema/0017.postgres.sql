CREATE TABLE settings (
  name text COLLATE "C" NOT NULL,
  value text NOT NULL,
  CONSTRAINT settings_pkey PRIMARY KEY (name)
);

CREATE TABLE people (
  id text COLLATE "C" NOT NULL,
  member text,
  forgotten_at bigint,
  CONSTRAINT people_pkey PRIMARY KEY (id)
);

CREATE TABLE webhooks (
  id text COLLATE "C" NOT NULL,
  source text NOT NULL,
  delivery_id text NOT NULL,
  sender text NOT NULL,
  status text NOT NULL,
  lane smallint NOT NULL,
  received_at bigint NOT NULL,
  reason text,
  traceparent text,
  headers text NOT NULL,
  body bytea NOT NULL,
  resent bigint NOT NULL DEFAULT 0,
  resent_at bigint NOT NULL DEFAULT 0,
  mapping_version text,
  body_hash text COLLATE "C" NOT NULL,
  occurrence bigint NOT NULL DEFAULT 0,
  first_webhook text COLLATE "C",
  released_at bigint,
  released_by text,
  verified smallint NOT NULL DEFAULT 1,
  CONSTRAINT webhooks_pkey PRIMARY KEY (id)
);

CREATE TABLE invitations (
  id text COLLATE "C" NOT NULL,
  spot text NOT NULL,
  live_id text NOT NULL,
  person text COLLATE "C" NOT NULL,
  source text NOT NULL,
  invited_by text,
  notify smallint,
  traceparent text,
  created_at bigint NOT NULL,
  asked_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  status text NOT NULL,
  lane smallint NOT NULL,
  ready smallint,
  due_at bigint NOT NULL,
  attempts smallint NOT NULL,
  lease text,
  settled_at bigint,
  last_error text,
  trace_id text,
  together smallint,
  batch text COLLATE "C" NOT NULL DEFAULT ''::text,
  received_at bigint,
  lost_lease text,
  CONSTRAINT invitations_spot_live_id_person_key UNIQUE (spot, live_id, person),
  CONSTRAINT invitations_pkey PRIMARY KEY (id)
) WITH (fillfactor=80, autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.02);

CREATE TABLE webhook_invitations (
  webhook_id text COLLATE "C" NOT NULL,
  invitation_id text COLLATE "C" NOT NULL,
  CONSTRAINT webhook_invitations_pkey PRIMARY KEY (webhook_id, invitation_id)
);

CREATE TABLE attempts (
  id text COLLATE "C" NOT NULL,
  started_at bigint NOT NULL,
  duration_ms bigint NOT NULL,
  upstream_status smallint,
  answer text,
  trace_id text,
  CONSTRAINT attempts_pkey PRIMARY KEY (id)
);

CREATE TABLE attempt_invitations (
  attempt_id text COLLATE "C" NOT NULL,
  invitation_id text COLLATE "C" NOT NULL,
  number smallint NOT NULL,
  error text,
  participant text,
  CONSTRAINT attempt_invitations_pkey PRIMARY KEY (invitation_id, attempt_id)
);

CREATE TABLE parked_lives (
  spot text COLLATE "C" NOT NULL,
  live_id text COLLATE "C" NOT NULL,
  until bigint NOT NULL,
  since bigint NOT NULL DEFAULT 0,
  CONSTRAINT parked_lives_pkey PRIMARY KEY (spot, live_id)
);

CREATE TABLE spots (
  name text COLLATE "C" NOT NULL,
  epoch bigint NOT NULL,
  paused_at bigint,
  paused_by text,
  reason text,
  probe_at bigint,
  rests_until bigint NOT NULL,
  largest_batch smallint,
  cooldown_since bigint,
  cooldown_reason text,
  refusals smallint NOT NULL DEFAULT 0,
  probing_until bigint,
  circuit_since bigint,
  circuit_until bigint,
  CONSTRAINT spots_pkey PRIMARY KEY (name)
);

CREATE TABLE spends (
  spot text COLLATE "C" NOT NULL,
  lane smallint NOT NULL,
  number bigint NOT NULL,
  started_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  CONSTRAINT spends_pkey PRIMARY KEY (spot, lane, number)
);

CREATE TABLE paused_sources (
  source text COLLATE "C" NOT NULL,
  paused_at bigint NOT NULL,
  paused_by text NOT NULL,
  reason text,
  resuming smallint NOT NULL,
  CONSTRAINT paused_sources_pkey PRIMARY KEY (source)
);

CREATE TABLE quarantined (
  id text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  digest text NOT NULL,
  sender text NOT NULL,
  first_at bigint NOT NULL,
  last_at bigint NOT NULL,
  times bigint NOT NULL,
  size bigint NOT NULL,
  reason text NOT NULL,
  message text NOT NULL,
  method text NOT NULL,
  target text NOT NULL,
  headers text NOT NULL,
  body bytea NOT NULL,
  client text COLLATE "C" NOT NULL DEFAULT ''::text,
  first_method text,
  first_target text,
  first_headers text,
  CONSTRAINT quarantined_delivery UNIQUE (source, digest, client),
  CONSTRAINT quarantined_pkey PRIMARY KEY (id)
);

CREATE TABLE tokens (
  id text COLLATE "C" NOT NULL,
  name text NOT NULL,
  scope text NOT NULL,
  hash text NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint,
  last_used_at bigint,
  CONSTRAINT tokens_pkey PRIMARY KEY (id)
);

CREATE TABLE counts (
  span text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  source text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  writer text COLLATE "C" NOT NULL,
  count bigint NOT NULL,
  CONSTRAINT counts_pkey PRIMARY KEY (span, at, source, name, writer)
);

CREATE TABLE sessions (
  id text COLLATE "C" NOT NULL,
  token text COLLATE "C" NOT NULL,
  token_hash text NOT NULL,
  hash text NOT NULL,
  begun_at bigint NOT NULL,
  last_used_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  ip text,
  user_agent text,
  CONSTRAINT sessions_pkey PRIMARY KEY (id)
);

CREATE TABLE audit_log (
  number bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  act text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  at bigint NOT NULL,
  who text NOT NULL,
  via text NOT NULL,
  ip text,
  what text COLLATE "C" NOT NULL,
  parameters text NOT NULL,
  result text NOT NULL,
  prev text NOT NULL,
  hash text NOT NULL,
  CONSTRAINT audit_log_pkey1 PRIMARY KEY (number)
);

CREATE TABLE audit_head (
  name text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  hash text NOT NULL,
  CONSTRAINT audit_head_pkey PRIMARY KEY (name)
);

CREATE TABLE probes (
  id bigint NOT NULL,
  at bigint NOT NULL,
  filler text NOT NULL,
  CONSTRAINT probes_pkey PRIMARY KEY (id)
);

ALTER TABLE probes ALTER COLUMN filler SET STORAGE EXTERNAL;

ALTER TABLE invitations ADD CONSTRAINT invitations_person_fkey FOREIGN KEY (person) REFERENCES people(id);

ALTER TABLE webhook_invitations ADD CONSTRAINT webhook_invitations_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES invitations(id);

ALTER TABLE webhook_invitations ADD CONSTRAINT webhook_invitations_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES webhooks(id);

ALTER TABLE attempt_invitations ADD CONSTRAINT attempt_invitations_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES attempts(id);

ALTER TABLE attempt_invitations ADD CONSTRAINT attempt_invitations_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES invitations(id);

CREATE INDEX invitations_waiting ON invitations USING btree (spot, due_at, id) WHERE (ready = 0);

CREATE INDEX invitations_expiring ON invitations USING btree (spot, expires_at) WHERE ((status = 'pending'::text) AND (expires_at < '9007199254740991'::bigint));

CREATE INDEX invitations_person ON invitations USING btree (person);

CREATE INDEX webhook_invitations_invitation ON webhook_invitations USING btree (invitation_id);

CREATE INDEX attempt_invitations_attempt ON attempt_invitations USING btree (attempt_id);

CREATE INDEX spends_ending ON spends USING btree (spot, ends_at);

CREATE INDEX spends_started ON spends USING btree (spot, lane, started_at, number);

CREATE INDEX invitations_turn ON invitations USING btree (spot, lane, source, batch, due_at, id) WHERE (ready = 1);

CREATE INDEX invitations_batch ON invitations USING btree (spot, batch, lane, expires_at, due_at, id) WHERE (ready = 1);

CREATE INDEX invitations_deadline ON invitations USING btree (spot, lane, expires_at, due_at, id) WHERE ((ready = 1) AND (expires_at < '9007199254740991'::bigint));

CREATE INDEX webhooks_held ON webhooks USING btree (source, id) WHERE (status = 'held'::text);

CREATE INDEX counts_accepted ON counts USING btree (source, span, at) WHERE (name = 'accepted'::text);

CREATE INDEX invitations_dead ON invitations USING btree (id, status, last_error, spot, live_id) WHERE (status = ANY (ARRAY['rejected'::text, 'exhausted'::text]));

CREATE INDEX webhooks_ignored ON webhooks USING btree (id) WHERE (status = 'ignored'::text);

CREATE INDEX webhooks_unmappable ON webhooks USING btree (id) WHERE (status = 'unmappable'::text);

CREATE UNIQUE INDEX webhooks_first ON webhooks USING btree (source, delivery_id) WHERE ((first_webhook IS NULL) AND (delivery_id <> ''::text));

CREATE UNIQUE INDEX webhooks_repeated ON webhooks USING btree (first_webhook, body_hash) WHERE (first_webhook IS NOT NULL);

CREATE UNIQUE INDEX webhooks_without_id ON webhooks USING btree (source, body_hash, occurrence) WHERE (delivery_id = ''::text);

CREATE INDEX webhooks_unhashed ON webhooks USING btree (received_at) WHERE (body_hash = ''::text);

CREATE UNIQUE INDEX tokens_name ON tokens USING btree (name);

CREATE INDEX sessions_token ON sessions USING btree (token);

CREATE UNIQUE INDEX audit_log_id ON audit_log USING btree (id);

CREATE UNIQUE INDEX audit_log_prev ON audit_log USING btree (prev);

CREATE INDEX audit_log_act ON audit_log USING btree (act);

CREATE INDEX quarantined_client ON quarantined USING btree (source, client, last_at, id, size);

CREATE INDEX webhooks_received ON webhooks USING btree (lane, source, id) WHERE (status = 'received'::text);
