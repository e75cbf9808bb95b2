import { Clock, Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as AuditChain from "../AuditChain.ts"
import { columnTypes } from "../columns.ts"

/**
 * Sessions get a table of their own, with the hash of the token they were begun with; earlier ones can't be checked against
 * their token and end. The audit log becomes a chain of hashes; entries from before are chained as they stand, with a
 * checkpoint after them, for nothing proves them up to then.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { id, whole, strict } = columnTypes(sql)
  yield* sql`DELETE FROM tokens WHERE parent IS NOT NULL`
  yield* sql`DROP INDEX tokens_name`
  yield* sql`DROP INDEX tokens_parent`
  yield* sql`ALTER TABLE tokens DROP COLUMN parent`
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

  yield* sql`ALTER TABLE audit_log RENAME TO old_audit_log`
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
  // The last entry's number and hash. Writers take turns on its only row.
  yield* sql`CREATE TABLE audit_head (
    name ${id} PRIMARY KEY,
    number ${whole} NOT NULL,
    hash TEXT NOT NULL
  ) ${strict}`
  yield* chainOld
  yield* sql`DROP TABLE old_audit_log`
})

interface Old {
  readonly id: string
  readonly at: number
  readonly who: string
  readonly what: string
  readonly parameters: string
  readonly result: string
}

const chainOld = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  let head = { number: 0, hash: AuditChain.genesis }
  const append = (entries: ReadonlyArray<Omit<AuditChain.Entry, "number">>) => {
    const rows = entries.map((entry) => {
      const numbered = { ...entry, number: head.number + 1 }
      const row = { ...numbered, prev: head.hash, hash: AuditChain.hash(numbered, head.hash) }
      head = row
      return row
    })
    return Effect.forEach(rows, (row) => sql`INSERT INTO audit_log ${sql.insert([{ ...row }])}`, {
      discard: true
    })
  }
  let last = ""
  for (;;) {
    const found: ReadonlyArray<Old> =
      yield* sql<Old>`SELECT * FROM old_audit_log WHERE id > ${last} ORDER BY id LIMIT 500`
    if (found.length === 0) break
    last = found.at(-1)?.id ?? ""
    yield* append(
      found.map(({ id, at, who, what, parameters, result }) => ({
        id,
        act: id,
        kind: result === "begun" ? "begun" : "event",
        at: Number(at),
        who,
        via: "unknown",
        ip: null,
        what,
        parameters,
        result
      }))
    )
  }
  if (head.number === 0) return
  yield* append([
    {
      id: "aud_upgrade",
      act: "aud_upgrade",
      kind: "event",
      at: yield* Clock.currentTimeMillis,
      who: "relay",
      via: "config",
      ip: null,
      what: "audit.upgrade",
      parameters: JSON.stringify({ entries: head.number }),
      result: "done"
    }
  ])
  yield* sql`INSERT INTO audit_head ${sql.insert([{ name: "log", number: head.number, hash: head.hash }])}`
})
