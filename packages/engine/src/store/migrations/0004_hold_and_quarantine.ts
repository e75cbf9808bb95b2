import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { columnTypes } from "../columns.ts"

/**
 * Sources that are paused, whose webhooks are `held`; and what did not verify, with all that it takes to verify it again.
 * Before the body stands what is read without it.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { id, bytes, whole, small, strict } = columnTypes(sql)
  yield* sql`CREATE TABLE paused_sources (
    source ${id} PRIMARY KEY,
    paused_at ${whole} NOT NULL,
    paused_by TEXT NOT NULL,
    reason TEXT,
    resuming ${small} NOT NULL
  ) ${strict}`
  yield* sql`CREATE INDEX webhooks_held ON webhooks (source, id) WHERE status = 'held'`
  yield* sql`CREATE TABLE quarantined (
    id ${id} PRIMARY KEY,
    source ${id} NOT NULL,
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
    body ${bytes} NOT NULL,
    UNIQUE (source, digest)
  ) ${strict}`
  yield* sql`CREATE INDEX quarantined_source ON quarantined (source, last_at, id)`
})
