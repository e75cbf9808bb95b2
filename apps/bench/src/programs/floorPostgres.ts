/**
 * The floor on Postgres, with `pg`, the client that most of Node uses. One prepared statement stores all deliveries that
 * share a commit, in one round trip, with bodies in binary.
 */
import pg from "pg"
import { serve } from "./floor.ts"

const client = new pg.Client({ connectionString: process.env["DATABASE_URL"] })
await client.connect()
await client.query(`CREATE TABLE webhooks (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, source TEXT NOT NULL, delivery_id TEXT NOT NULL, status TEXT NOT NULL,
  received_at BIGINT NOT NULL, headers TEXT NOT NULL, body BYTEA NOT NULL, UNIQUE (source, delivery_id))`)

const columns = 4

const insert = (rows: number) => {
  const tuple = (_: unknown, row: number) => {
    const [id, at, headers, body] = Array.from(
      { length: columns },
      (_, column) => `$${row * columns + column + 1}`
    )
    return `('bench', ${id}, 'received', ${at}, ${headers}, ${body})`
  }
  return `INSERT INTO webhooks (source, delivery_id, status, received_at, headers, body)
    VALUES ${Array.from({ length: rows }, tuple).join(", ")} ON CONFLICT DO NOTHING RETURNING delivery_id`
}

/** Prepared by the server under its name, once for each number of rows. */
const statements = new Map<number, { readonly name: string; readonly text: string }>()

const statement = (rows: number) => {
  const known = statements.get(rows)
  if (known !== undefined) return known
  const made = { name: `insert ${rows}`, text: insert(rows) }
  statements.set(rows, made)
  return made
}

serve(async (batch) => {
  const now = Date.now()
  const values = batch.flatMap(({ deliveryId, headers, body }) => [deliveryId, now, headers, body])
  const { rows } = await client.query<[string]>({ ...statement(batch.length), values, rowMode: "array" })
  const stored = new Set(rows.map(([id]) => id))
  // An id that comes twice in a batch is new once.
  return batch.map(({ deliveryId }) => stored.delete(deliveryId))
})
