/** The floor on Postgres, with `pg`, the most common client. One prepared statement stores all deliveries of a commit. */
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

/** The texts by the number of rows. The server prepares each once, under its name. */
const texts = new Map<number, string>()

const statement = (rows: number) => {
  const text = texts.get(rows) ?? insert(rows)
  texts.set(rows, text)
  return { name: `insert ${rows}`, text }
}

serve(async (batch) => {
  const now = Date.now()
  const values = batch.flatMap(({ deliveryId, headers, body }) => [deliveryId, now, headers, body])
  const { rows } = await client.query<[string]>({ ...statement(batch.length), values, rowMode: "array" })
  const stored = new Set(rows.map(([id]) => id))
  // An id that a batch holds twice is new once.
  return batch.map(({ deliveryId }) => stored.delete(deliveryId))
})
