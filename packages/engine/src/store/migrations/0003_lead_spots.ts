import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * What a dispatcher decides by: the state of each Spot and of its parked Lives, the calls that count against its budget,
 * and which invitations can go in one call (`batch`), in the orders in which they are looked for.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const type = sql.onDialectOrElse({
    pg: () => ({ id: 'TEXT COLLATE "C"', whole: "BIGINT", small: "SMALLINT", strict: "" }),
    orElse: () => ({ id: "TEXT", whole: "INTEGER", small: "INTEGER", strict: "STRICT" })
  })
  const id = sql.literal(type.id)
  const whole = sql.literal(type.whole)
  const small = sql.literal(type.small)
  const strict = sql.literal(type.strict)

  // `epoch` is the fence: who leads the Spot has the highest. `probe_at` null: only a person resumes it.
  yield* sql`CREATE TABLE spots (
    name ${id} PRIMARY KEY,
    epoch ${whole} NOT NULL,
    paused_at ${whole},
    paused_by TEXT,
    reason TEXT,
    probe_at ${whole},
    rests_until ${whole} NOT NULL,
    largest_batch ${small}
  ) ${strict}`

  yield* sql`ALTER TABLE parked_lives ADD COLUMN since ${whole} NOT NULL DEFAULT 0`

  // A call counts until its window has passed since its end; while it is under way, `ends_at` is when it must have ended.
  yield* sql`DROP TABLE budget_spends`
  yield* sql`CREATE TABLE spends (
    spot ${id} NOT NULL,
    lane ${small} NOT NULL,
    number ${whole} NOT NULL,
    started_at ${whole} NOT NULL,
    ends_at ${whole} NOT NULL,
    PRIMARY KEY (spot, lane, number)
  ) ${strict}`
  yield* sql`CREATE INDEX spends_ending ON spends (spot, ends_at)`
  yield* sql`CREATE INDEX spends_started ON spends (spot, lane, started_at, number)`

  // Only what names the same Live, inviter and notification can go together; `together` says how many at the most.
  yield* sql`ALTER TABLE invitations ADD COLUMN together ${small}`
  yield* sql`ALTER TABLE invitations ADD COLUMN batch ${id} NOT NULL DEFAULT ''`
  yield* sql`UPDATE invitations SET batch = live_id || ' ' || COALESCE(CAST(notify AS TEXT), '') || '  ' || COALESCE(invited_by, '')`
  yield* sql`DROP INDEX invitations_ready`
  yield* sql`CREATE INDEX invitations_turn ON invitations (spot, lane, source, batch, due_at, id) WHERE ready = 1`
  yield* sql`CREATE INDEX invitations_batch ON invitations (spot, batch, lane, expires_at, due_at, id) WHERE ready = 1`
  yield* sql`CREATE INDEX invitations_deadline ON invitations (spot, lane, expires_at, due_at, id) WHERE ready = 1 AND expires_at < 9007199254740991`
})
