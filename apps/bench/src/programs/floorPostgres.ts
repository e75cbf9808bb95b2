/** The floor on Postgres, with the relay's own client: one statement stores all who share a commit. */
import { Effect, ManagedRuntime, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { PgClient } from "@effect/sql-pg"
import { grouped, serve } from "./floor.ts"

const runtime = ManagedRuntime.make(PgClient.layer({ url: Redacted.make(process.env["DATABASE_URL"] ?? "") }))
const sql = await runtime.runPromise(SqlClient.SqlClient)

await runtime.runPromise(sql`CREATE TABLE webhooks (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, source TEXT NOT NULL, delivery_id TEXT NOT NULL, status TEXT NOT NULL,
  received_at BIGINT NOT NULL, headers TEXT NOT NULL, body BYTEA NOT NULL, UNIQUE (source, delivery_id))`)

serve(
  grouped((batch) => {
    const rows = batch.map(
      ({ deliveryId, headers, body }) =>
        sql`('bench', ${deliveryId}, 'received', ${Date.now()}, ${JSON.stringify(headers)}, ${new Uint8Array(body)})`
    )
    return runtime.runPromise(
      Effect.asVoid(sql`INSERT INTO webhooks (source, delivery_id, status, received_at, headers, body)
        VALUES ${sql.csv(rows)} ON CONFLICT DO NOTHING`)
    )
  })
)
