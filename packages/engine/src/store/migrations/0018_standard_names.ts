import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { addColumn } from "../columns.ts"
import { invitationIndexes } from "./0001_schema.ts"

/** Brings the last schema of before to that of `0001_schema`: renames columns, and keeps which relay received a webhook. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const isNew = yield* sql.onDialectOrElse({
    pg: () =>
      sql`SELECT 1 AS found FROM pg_attribute WHERE attrelid = 'invitations'::regclass AND attname = 'lease_token'`,
    orElse: () => sql`SELECT 1 AS found FROM pragma_table_info('invitations') WHERE name = 'lease_token'`
  })
  if (isNew.length > 0) return
  const rename = (table: string, columns: Readonly<Record<string, string>>) =>
    Effect.forEach(
      Object.entries(columns),
      ([from, to]) => sql`ALTER TABLE ${sql(table)} RENAME COLUMN ${sql(from)} TO ${sql(to)}`,
      { discard: true }
    )
  yield* addColumn("webhooks", "received_by", "text")

  for (const index of ["waiting", "turn", "batch", "deadline"]) {
    yield* sql`DROP INDEX ${sql(`invitations_${index}`)}`
  }
  yield* sql`ALTER TABLE invitations ADD COLUMN state TEXT NOT NULL DEFAULT 'finished'`
  yield* sql`UPDATE invitations SET state = CASE ready WHEN 1 THEN 'available' ELSE 'scheduled' END
    WHERE ready IS NOT NULL`
  yield* sql`ALTER TABLE invitations DROP COLUMN ready`
  yield* rename("invitations", {
    asked_at: "requested_at",
    lease: "lease_token",
    lost_lease: "lost_lease_token",
    together: "max_batch_size",
    batch: "batch_key"
  })
  yield* invitationIndexes

  yield* rename("spots", { epoch: "term", rests_until: "cooldown_until", largest_batch: "max_batch_size" })

  yield* sql`DROP INDEX spends_ending`
  yield* sql`DROP INDEX spends_started`
  yield* sql`ALTER TABLE spends RENAME TO reservations`
  yield* sql`CREATE INDEX reservations_ending ON reservations (spot, ends_at)`
  yield* sql`CREATE INDEX reservations_started ON reservations (spot, lane, started_at, number)`
  yield* sql.onDialectOrElse({
    pg: () =>
      Effect.andThen(
        sql`ALTER INDEX spends_pkey RENAME TO reservations_pkey`,
        sql`ALTER INDEX IF EXISTS audit_log_pkey1 RENAME TO audit_log_pkey`
      ),
    orElse: () => Effect.void
  })
})
